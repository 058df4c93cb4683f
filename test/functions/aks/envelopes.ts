import type { SourceContext } from "../../../shared/adapter.ts";
import { id, text } from "../sample-events.ts";

/** Azure Monitor and Log Analytics envelopes around sample events. */

export const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
export const RESOURCE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Team-A/providers/Microsoft.ContainerService/managedClusters/Prod`;
export const TIME = "2026-11-22T01:02:04.0000000Z";
export const context: SourceContext = { cluster: "asked", account: "asked-account", region: "westeurope" };

export const record = (n: number, more: object = {}): Record<string, unknown> => ({
  time: TIME,
  category: "kube-audit",
  operationName: "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
  resourceId: RESOURCE.toUpperCase(),
  properties: { log: `${text(n)}\n`, stream: "stdout", pod: "kube-apiserver-0" },
  ...more,
});
export const log = (value: unknown) => ({ properties: { log: value } });
export const diagnosticsRow = (n: number, more: object = {}): Record<string, unknown> => ({
  TimeGenerated: "2026-11-22T01:02:04Z",
  Category: "kube-audit-admin",
  ResourceId: RESOURCE.toUpperCase(),
  _ResourceId: RESOURCE.toLowerCase(),
  Level: "",
  requestUri_s: "",
  log_s: text(n),
  Type: "AzureDiagnostics",
  ...more,
});
export const auditRow = (n: number, more: object = {}): Record<string, unknown> => ({
  TimeGenerated: "2026-11-22T01:02:04.1234567Z",
  AuditId: id(n),
  Level: "Request",
  Stage: "ResponseComplete",
  RequestUri: "/api/v1/namespaces/team-a/configmaps",
  Verb: "create",
  User: { username: "alex@example.com", groups: ["system:authenticated"] },
  SourceIps: ["203.0.113.7"],
  UserAgent: "kubectl/v1.32",
  ObjectRef: { resource: "configmaps", namespace: "team-a", apiVersion: "v1" },
  ResponseStatus: { code: 201 },
  RequestObject: { kind: "ConfigMap" },
  ResponseObject: null,
  RequestReceivedTime: "2026-11-22T01:02:03.4567890Z",
  StageReceivedTime: "2026-11-22T01:02:03.4570000Z",
  Annotations: { "authorization.k8s.io/decision": "allow" },
  PodName: "kube-apiserver-0",
  Type: "AKSAuditAdmin",
  _ResourceId: RESOURCE.toLowerCase(),
  ...more,
});
export const asStrings = (row: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(row).map(([k, v]) => [k, typeof v === "object" ? (v === null ? "" : JSON.stringify(v)) : v]),
  );
export const kafka = (values: unknown[]) => ({
  eventSource: "SelfManagedKafka",
  bootstrapServers: "hub.servicebus.windows.net:9093",
  records: {
    "audit-0": values.map((value, n) => ({
      topic: "audit",
      partition: 0,
      offset: 100 + n,
      timestamp: 1_795_309_324_000,
      value: typeof value === "string" ? Buffer.from(value).toString("base64") : value,
    })),
  },
});
