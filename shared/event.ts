/**
 * The one event: a valid `audit.k8s.io/v1` Event plus four keys that cannot collide with it
 * (`time`, `cloud`, `cluster`, `ingest`). Field by field, per cloud: docs/event.md. JSON Schema: schema/audit-event.schema.json.
 */

export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export type ClusterProvider = "eks" | "gke" | "aks" | "kubernetes";
export type CloudProvider = "aws" | "gcp" | "azure" | "none";

/** How the record travelled; the value of `ingest.source`. */
export type IngestSource =
  | "cloudwatch-logs" // subscription payload, decoded document, filter-log-events
  | "cloudwatch-export" // S3 export task lines
  | "logs-insights" // get-query-results
  | "pubsub" // push body or pull message
  | "cloud-logging" // LogEntry from `gcloud logging read`, a sink's files, entries.list
  | "event-hubs" // {records:[]}, single records, Kafka events
  | "azure-storage" // PT1H.json
  | "log-analytics" // AzureDiagnostics, AKSAudit, AKSAuditAdmin rows
  | "audit-webhook" // EventList
  | "audit-log"; // the native event itself: file backend, forwarders

export interface Cloud {
  provider: CloudProvider;
  account?: { id: string };
  region?: string;
}

export interface Cluster {
  provider: ClusterProvider;
  name: string;
  /** EKS ARN, GKE full resource name, AKS resource id in lower case, or the name. */
  id: string;
}

/** One place where a value was taken out. `path` is an RFC 6901 pointer into the event, `fp` a keyed fingerprint. */
export interface Redaction {
  path: string;
  rule: string;
  fp?: string;
}

/** Who cut the record: the provider's limit, the API server's own truncating backend, or (`input`) a torn file. */
export type TruncatedBy = "eks" | "aks-16k" | "aks-skipped" | "apiserver" | "log-analytics" | "input";

export interface Truncation {
  by: TruncatedBy;
  /** Native field names that are wholly or partly lost, in native order. */
  missing: string[];
}

export interface Split {
  uid: string;
  index: number;
  total: number;
}

export interface IngestInfo {
  schema: 1;
  source: IngestSource;
  id: string;
  delivered?: string;
  eventId: string;
  /** Dotted paths of fields that are not in the record and were derived or assumed. */
  inferred?: string[];
  redactions?: Redaction[];
  truncated?: Truncation;
  /** GKE only: this record is one part of an entry that Cloud Logging divided. */
  split?: Split;
}

/** The native event as it came: open-world, every field may be missing, unknown keys are kept. */
export type NativeEvent = JsonObject;

export interface AuditEvent {
  time: string;
  cloud: Cloud;
  cluster: Cluster;
  ingest: IngestInfo;
  [native: string]: unknown;
}

/** The native keys in stored order: header first, annotations, then (unknown keys, then) the bodies. */
export const NATIVE_KEYS = [
  "kind",
  "apiVersion",
  "level",
  "auditID",
  "stage",
  "requestURI",
  "verb",
  "user",
  "impersonatedUser",
  "authenticationMetadata",
  "sourceIPs",
  "userAgent",
  "objectRef",
  "responseStatus",
  "requestReceivedTimestamp",
  "stageTimestamp",
  "annotations",
] as const;

export const BODY_KEYS = ["requestObject", "responseObject"] as const;

/**
 * The order in which the API server serialises an event (k8s.io/apiserver pkg/apis/audit/v1 types.go): what comes
 * after the place where a record was cut is what is lost.
 */
export const WIRE_ORDER = [
  "kind",
  "apiVersion",
  "level",
  "auditID",
  "stage",
  "requestURI",
  "verb",
  "user",
  "impersonatedUser",
  "authenticationMetadata",
  "sourceIPs",
  "userAgent",
  "objectRef",
  "responseStatus",
  "requestObject",
  "responseObject",
  "requestReceivedTimestamp",
  "stageTimestamp",
  "annotations",
] as const;
