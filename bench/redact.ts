/**
 * What redaction costs: `node --import tsx bench/redact.ts`. Synthetic events without secrets in the mix of a quiet cluster, as parsed
 * trees; the redactor against JSON.stringify and JSON.parse of the same. Rates are of the JSON text.
 */
import type { AuditEvent } from "../shared/event.ts";
import { createRedactor } from "../shared/redact/create.ts";
import { findLeak } from "../shared/redact/gate.ts";

const TIME = "2026-01-05T10:00:00.123456Z";
const UID = "8e4f4dd6-79b6-41ea-a056-0a39f00d8287";

function event(n: number, verb: string, resource: string, uri: string, more: Record<string, unknown> = {}): AuditEvent {
  return {
    time: TIME,
    cloud: { provider: "aws", account: { id: "111122223333" }, region: "eu-west-1" },
    cluster: { provider: "eks", name: "prod", id: "arn:aws:eks:eu-west-1:111122223333:cluster/prod" },
    ingest: { schema: 1, source: "cloudwatch-logs", id: `3875${n}`, eventId: "0123456789abcdef0123456789abcdef" },
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: `4f${n}d3c21-22f7-4942-bcd7-d9019ae2e8ea`,
    stage: "ResponseComplete",
    requestURI: uri,
    verb,
    user: {
      username: "system:serviceaccount:kube-system:generic-garbage-collector",
      uid: UID,
      groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
      extra: {
        "authentication.kubernetes.io/credential-id": [`JTI=${UID}`],
        arn: ["arn:aws:sts::111122223333:assumed-role/ops/jane"],
        sessionName: ["jane"],
      },
    },
    sourceIPs: ["198.51.100.7"],
    userAgent: "kube-controller-manager/v1.33.1 (linux/amd64) kubernetes/8adc0f0/system:serviceaccount:kube-system",
    objectRef: { resource, namespace: "shop", name: `web-6f7d9c${n}-x2k8p`, apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: TIME,
    stageTimestamp: TIME,
    annotations: {
      "authorization.k8s.io/decision": "allow",
      "authorization.k8s.io/reason":
        'RBAC: allowed by ClusterRoleBinding "system:controller:generic-garbage-collector" of ClusterRole',
    },
    ...more,
  };
}

function pod(n: number): Record<string, unknown> {
  const container = (name: string) => ({
    name,
    image: `registry.example.com/shop/${name}@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae`,
    command: ["/bin/server"],
    args: ["--config=/etc/shop/config.yaml", "--port=8080", "--v=2"],
    ports: [{ containerPort: 8080, protocol: "TCP" }],
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [
      { name: "kube-api-access-7xk2p", readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
    ],
    securityContext: { privileged: false, capabilities: { drop: ["ALL"] } },
    terminationMessagePath: "/dev/termination-log",
    imagePullPolicy: "IfNotPresent",
  });
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name: `web-6f7d9c${n}-x2k8p`,
      generateName: "web-6f7d9c-",
      namespace: "shop",
      uid: UID,
      resourceVersion: "134185",
      creationTimestamp: TIME,
      labels: { app: "web", "pod-template-hash": "6f7d9c7b8f", "app.kubernetes.io/managed-by": "Helm" },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-6f7d9c", uid: UID, controller: true }],
    },
    spec: {
      containers: [container("web"), container("sidecar")],
      nodeName: "ip-192-0-2-17.eu-west-1.compute.internal",
      serviceAccountName: "web",
      tolerations: [
        { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      ],
      volumes: [
        {
          name: "kube-api-access-7xk2p",
          projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: "token" } }] },
        },
      ],
    },
    status: {
      phase: "Running",
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
        type,
        status: "True",
        lastTransitionTime: TIME,
      })),
      hostIP: "192.0.2.17",
      podIP: "198.51.100.20",
      startTime: TIME,
    },
  };
}

function lease(): Record<string, unknown> {
  return {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    metadata: {
      name: "kube-scheduler",
      namespace: "kube-system",
      uid: UID,
      resourceVersion: "100",
      creationTimestamp: TIME,
    },
    spec: { holderIdentity: `node-1_${UID}`, leaseDurationSeconds: 15, renewTime: TIME, leaseTransitions: 2 },
  };
}

function mix(): AuditEvent[] {
  const events: AuditEvent[] = [];
  for (let n = 0; n < 60; n++) {
    events.push(event(n, "get", "pods", `/api/v1/namespaces/shop/pods/web-6f7d9c${n}-x2k8p`));
    events.push(
      event(
        n,
        "watch",
        "configmaps",
        `/api/v1/configmaps?allowWatchBookmarks=true&resourceVersion=${n}&timeout=9m10s&watch=true`,
      ),
    );
    events.push(event(n, "get", "secrets", "/api/v1/namespaces/shop/secrets/registry"));
    const uri = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler?timeout=5s";
    events.push(event(n, "update", "leases", uri, { requestObject: lease(), responseObject: lease() }));
    events.push(
      event(n, "create", "pods", "/api/v1/namespaces/shop/pods", { requestObject: pod(n), responseObject: pod(n) }),
    );
  }
  return events;
}

function microseconds(work: () => void, rounds: number): number {
  for (let i = 0; i < rounds; i++) work();
  let best = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < 7; sample++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < rounds; i++) work();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / rounds);
  }
  return best;
}

const events = mix();
const texts = events.map((e) => JSON.stringify(e));
const bytes = texts.reduce((sum, text) => sum + text.length, 0);
const object = `${texts.join("\n")}\n`;
const redactor = createRedactor();
const hits = events.filter((e) => redactor.redact(e) !== undefined).length;
let sink = 0;

console.log(
  `${events.length} events, ${(bytes / events.length / 1024).toFixed(2)} KB each, ${hits} with something to redact`,
);
function redactAll(): void {
  for (const e of events) sink += redactor.redact(e) === undefined ? 0 : 1;
}
function stringifyAll(): void {
  for (const e of events) sink += JSON.stringify(e).length;
}
function parseAll(): void {
  for (const text of texts) sink += JSON.parse(text) === null ? 1 : 0;
}
function gate(): void {
  sink += findLeak(object) === undefined ? 0 : 1;
}

const rows: [string, () => void][] = [
  ["redact", redactAll],
  ["output gate", gate],
  ["JSON.stringify", stringifyAll],
  ["JSON.parse", parseAll],
];
for (const [name, work] of rows) {
  const us = microseconds(work, 20);
  console.log(
    `${name.padEnd(16)} ${(us / events.length).toFixed(2).padStart(7)} us/event ${(bytes / us).toFixed(0).padStart(6)} MB/s`,
  );
}
if (sink < 0) console.log(sink);
