import { parseConfig } from "../../infra/config/load.ts";

/** Everything switched on: the lake's own place, and a second one in another account. */
export const FULL_CONFIG = `
name: trail
tags: { owner: platform }
lake:
  account: "111122223333"
  region: eu-west-1
  keyArn: arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-1111-1111-111111111111
  quarantineKeyArn: arn:aws:kms:eu-west-1:111122223333:key/22222222-2222-2222-2222-222222222222
  objectLock: { mode: governance, days: 365 }
  breakGlassRoles: [arn:aws:iam::111122223333:role/break-glass]
  writers:
    organization: o-exampleorgid
    roles: [arn:aws:iam::444455556666:role/collector]
    google:
      - { name: gke, serviceAccountId: "123456789012345678901", audience: trail-lake, projects: [example-project] }
    azure:
      - name: aks
        tenantId: 11111111-2222-3333-4444-555555555555
        audience: api://clustertrail
        principalId: 66666666-7777-8888-9999-000000000000
      - name: aks-two
        tenantId: 11111111-2222-3333-4444-555555555555
        audience: api://clustertrail
        principalId: 77777777-7777-8888-9999-000000000000
        providerExists: true
alarms: { emails: [security@example.com] }
deployments:
  - account: "111122223333"
    region: eu-west-1
    fingerprintSecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:fingerprint-AbCdEf
    eks: { clusters: [{ name: production }, { name: staging, silenceMinutes: 240 }] }
    gke: { audience: trail-push, email: push@example-project.iam.gserviceaccount.com, clusters: [{ name: gke-one }] }
    aks:
      experimental: true
      namespace: example-hubs
      eventHub: kube-audit
      secretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:hubs-AbCdEf
      clusters: [{ name: aks-one }]
    webhook: { clusters: [{ name: on-premises }] }
  - account: "444455556666"
    region: us-east-1
    eks: { clusters: [{ name: remote }] }
`;

export const fullConfig = () => parseConfig(FULL_CONFIG, "test.yaml");
