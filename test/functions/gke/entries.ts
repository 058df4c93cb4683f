import type { LogEntry } from "../../../functions/gke/entry.ts";

/** A current entry: `kubectl delete pod web-0`, allowed; `payload` and `entry` replace fields of it. */
export function entry(payload: Record<string, unknown> = {}, outer: Record<string, unknown> = {}): LogEntry {
  return {
    insertId: "0a1b2c3d-0000-4000-8000-000000000001",
    labels: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
    logName: "projects/example-project/logs/cloudaudit.googleapis.com%2Factivity",
    operation: { first: true, id: "0a1b2c3d-0000-4000-8000-000000000001", last: true, producer: "k8s.io" },
    protoPayload: {
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      authenticationInfo: { principalEmail: "dev@example.com" },
      authorizationInfo: [{ granted: true, permission: "io.k8s.core.v1.pods.delete", resource: RESOURCE }],
      methodName: "io.k8s.core.v1.pods.delete",
      requestMetadata: { callerIp: "203.0.113.10", callerSuppliedUserAgent: "kubectl/v1.35.1" },
      resourceName: RESOURCE,
      serviceName: "k8s.io",
      status: { code: 0 },
      ...payload,
    },
    receiveTimestamp: "2026-11-22T01:02:05.100200300Z",
    resource: {
      labels: { cluster_name: "prod", location: "europe-west1", project_id: "example-project" },
      type: "k8s_cluster",
    },
    timestamp: "2026-11-22T01:02:03.456789Z",
    ...outer,
  };
}

const RESOURCE = "core/v1/namespaces/shop/pods/web-0";

/** `n` in an audit ID, for tests of order. */
export function numbered(n: number): LogEntry {
  const id = auditId(n);
  return entry({}, { insertId: id, operation: { first: true, id, last: true, producer: "k8s.io" } });
}

export const auditId = (n: number): string => `0a1b2c3d-0000-4000-8000-${String(n).padStart(12, "0")}`;

export const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
