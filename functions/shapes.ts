import type { ClusterProvider } from "../shared/event.ts";
import { isObject } from "../shared/json.ts";
import { isAuditEvent } from "../shared/native.ts";

/**
 * What each provider's envelopes look like, by their discriminating keys: the one table that `recognise`, `detect` and
 * the hints of a wrong `--source` read. Evidence for every shape: the README.md of the adapter that decodes it.
 */

type Shape = Record<string, unknown>;

/** A list is judged by more than its first element, so that one bad record does not hide what the rest are. */
const LEADERS = 8;

function leads(list: unknown, shape: (o: Shape) => boolean): boolean {
  return Array.isArray(list) && list.slice(0, LEADERS).some((element) => isObject(element) && shape(element));
}

/** True for the other thing called Event: the core/v1 and events.k8s.io/v1 object that `kubectl get events` shows. */
export function isCoreEvent(o: Shape): boolean {
  return o["kind"] === "Event" && (isObject(o["involvedObject"]) || isObject(o["regarding"]));
}

/** True for `{"kind":"Event"}` and the like: the constants of an audit event and nothing else. */
export function isContentless(o: Shape): boolean {
  return o["kind"] === "Event" && Object.keys(o).every((key) => key === "kind" || key === "apiVersion");
}

// --- EKS: CloudWatch Logs ---

const EXPORT_STAMP =
  /^\uFEFF?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) (?:([a-z][a-z-]*-[0-9a-f]{16,}) )?/;

/** Splits an export-task line or an `aws logs tail` line; undefined when `line` does not start with a time stamp. */
export function splitExportLine(line: string): { stamp: string; stream?: string; message: string } | undefined {
  const match = EXPORT_STAMP.exec(line);
  if (match === null) return undefined;
  const [head, stamp = "", stream] = match;
  const message = line.slice(head.length);
  return stream === undefined ? { stamp, message } : { stamp, stream, message };
}

function isExportLine(line: string): boolean {
  const parts = splitExportLine(line);
  if (parts === undefined) return false;
  return parts.stream !== undefined || parts.message.trimStart().startsWith("{") || isComponentLog(parts.message);
}

/** A log event by itself, as `filter-log-events --query 'events[]'` prints it. */
export function isLogEvent(o: Shape): boolean {
  if (!("message" in o) || typeof o["timestamp"] !== "number") return false;
  return "logStreamName" in o || "eventId" in o || "ingestionTime" in o || typeof o["id"] === "string";
}

function isLogEventPage(o: Shape): boolean {
  const events = o["events"];
  if (!Array.isArray(events)) return false;
  if ("searchedLogStreams" in o || "nextForwardToken" in o) return true;
  return events.length === 0 || leads(events, isLogEvent);
}

function isInsightsResult(o: Shape): boolean {
  const rows = o["results"];
  if (!Array.isArray(rows)) return false;
  return rows.length === 0 || rows.slice(0, LEADERS).some((row) => Array.isArray(row) && hasKey(row[0], "field"));
}

const isFirehose = (o: Shape) => "deliveryStreamArn" in o || leads(o["records"], (record) => "recordId" in record);
const isKinesis = (o: Shape) => leads(o["Records"], (record) => "kinesis" in record);
const isLogsDocument = (o: Shape) => typeof o["messageType"] === "string" && ("logEvents" in o || "logGroup" in o);

// --- GKE: Cloud Logging ---

const isLogEntry = (o: Shape) => "protoPayload" in o || (typeof o["logName"] === "string" && "insertId" in o);
const isPubSubMessage = (v: unknown) =>
  hasKey(v, "data") && (hasKey(v, "messageId") || hasKey(v, "message_id") || hasKey(v, "attributes"));
const isPush = (o: Shape) =>
  isPubSubMessage(o["message"]) || (typeof o["subscription"] === "string" && isObject(o["message"]));

// --- AKS: Azure Monitor ---

/** A diagnostic record of any Azure resource. */
export function isAzureRecord(o: Shape): boolean {
  const body = "properties" in o || "operationName" in o;
  return body && (typeof o["category"] === "string" || typeof o["resourceId"] === "string");
}

const isAzureBatch = (o: Shape) => Array.isArray(o["records"]) && !isFirehose(o);

/** Lambda's event for an Event Hub read by its Kafka endpoint. */
export const isKafkaEvent = (o: Shape) =>
  isObject(o["records"]) && (o["eventSource"] === "SelfManagedKafka" || o["eventSource"] === "aws:kafka");

/** A row of a Log Analytics table: AzureDiagnostics, AKSAudit, AKSAuditAdmin, ArcK8sAudit... */
export function isAnalyticsRow(o: Shape): boolean {
  if (typeof o["log_s"] === "string" || isAuditRow(o)) return true;
  return typeof o["TimeGenerated"] === "string" && ("Category" in o || "Type" in o || "_ResourceId" in o);
}

const AUDIT_TABLE = /^(AKSAudit|AKSAuditAdmin|ArcK8sAudit|ArcK8sAuditAdmin)$/i;

/** A row of one of the tables that hold an audit event column by column. */
export function isAuditRow(o: Shape): boolean {
  if (typeof o["AuditId"] === "string" || (typeof o["RequestUri"] === "string" && "Verb" in o)) return true;
  return typeof o["Type"] === "string" && AUDIT_TABLE.test(o["Type"]);
}

const isRowBody = (o: Shape) =>
  leads(o["value"], isAnalyticsRow) || (isObject(o["body"]) && leads(o["body"]["value"], isAnalyticsRow));

/** What the query API answers: tables of columns and rows. */
export const isQueryResult = (o: Shape) => {
  const tables = o["tables"];
  return Array.isArray(tables) && (tables.length === 0 || leads(tables, (table) => "rows" in table));
};

// --- Self-managed ---

/** What forwarders put a line into: Fluent Bit `log`, Vector `message`; a JSON text or the event already parsed. */
export function wrappedLine(o: Shape): string | Shape | undefined {
  for (const key of ["log", "message"] as const) {
    const inner = o[key];
    if (typeof inner === "string") return inner;
    if (isObject(inner) && (isAuditEvent(inner) || isContentless(inner))) return inner;
  }
  return undefined;
}

const isAuditList = (o: Shape) => o["kind"] === "EventList" && !hasCoreVersion(o);
const isList = (o: Shape) => o["kind"] === "List" && leads(o["items"], isAuditEvent);
const hasCoreVersion = (o: Shape) => o["apiVersion"] === "v1" || o["apiVersion"] === "events.k8s.io/v1";

// --- Text ---

const KLOG = /^[IWEF]\d{4} /;
const LOGFMT = /^time="/;

/** True for a line of a control-plane component's own log: klog, or the EKS authenticator's logfmt. */
export function isComponentLog(text: string): boolean {
  return KLOG.test(text) || LOGFMT.test(text);
}

/** What an audit event starts with, as the API server writes it or with its keys sorted; no envelope starts so. */
const FIRST_KEY =
  /^[\s\uFEFF]*\{\s*"(?:kind|apiVersion|auditID|stage|requestURI|verb|annotations|authenticationMetadata|impersonatedUser)"\s*:(?!\s*"EventList")/;

/** True for text that begins as an audit event does, though it is not JSON: a cut event, not a cut envelope. */
export function startsLikeEvent(text: string): boolean {
  return FIRST_KEY.test(text);
}

// --- The table ---

interface Envelope {
  readonly provider: ClusterProvider;
  readonly name: string;
  readonly object?: (o: Shape) => boolean;
  readonly text?: (line: string) => boolean;
}

/** First match wins: exact envelopes before loose ones. */
const ENVELOPES: readonly Envelope[] = [
  { provider: "eks", name: "CloudWatch Logs subscription payload", object: (o) => "awslogs" in o },
  { provider: "eks", name: "CloudWatch Logs subscription document", object: isLogsDocument },
  { provider: "eks", name: "Kinesis batch of CloudWatch Logs", object: isKinesis },
  { provider: "eks", name: "Firehose batch of CloudWatch Logs", object: isFirehose },
  { provider: "eks", name: "CloudWatch Logs filter-log-events page", object: isLogEventPage },
  { provider: "eks", name: "CloudWatch Logs event", object: isLogEvent },
  { provider: "eks", name: "Logs Insights result", object: isInsightsResult },
  { provider: "eks", name: "CloudWatch Logs export line", text: isExportLine },
  { provider: "eks", name: "cut EKS audit event", text: (line) => line.trimEnd().endsWith("[Truncated...]") },
  { provider: "gke", name: "Cloud Logging entry", object: isLogEntry },
  { provider: "gke", name: "Cloud Logging entries.list page", object: (o) => leads(o["entries"], isLogEntry) },
  { provider: "gke", name: "BigQuery row of a log sink", object: (o) => "protopayload_auditlog" in o },
  { provider: "gke", name: "Pub/Sub push body", object: isPush },
  { provider: "gke", name: "Pub/Sub pull response", object: (o) => Array.isArray(o["receivedMessages"]) },
  { provider: "gke", name: "Pub/Sub message", object: isPubSubMessage },
  { provider: "aks", name: "Kafka batch of Azure Monitor records", object: isKafkaEvent },
  { provider: "aks", name: "Azure Monitor batch", object: isAzureBatch },
  { provider: "aks", name: "Azure Monitor record", object: isAzureRecord },
  { provider: "aks", name: "Log Analytics query result", object: isQueryResult },
  { provider: "aks", name: "Log Analytics rows", object: isRowBody },
  { provider: "aks", name: "Log Analytics row", object: isAnalyticsRow },
  { provider: "kubernetes", name: "audit webhook EventList", object: isAuditList },
  { provider: "kubernetes", name: "list of audit.k8s.io events", object: isList },
  { provider: "kubernetes", name: "audit.k8s.io event", object: isAuditEvent },
  { provider: "kubernetes", name: "forwarder record", object: (o) => wrappedLine(o) !== undefined },
  { provider: "kubernetes", name: "cut audit.k8s.io event", text: startsLikeEvent },
  { provider: "kubernetes", name: "component log line", text: isComponentLog },
];

export interface Recognised {
  readonly provider: ClusterProvider;
  readonly envelope: string;
}

/**
 * Names the envelope of `value` (a parsed JSON value, or a line of text) by its discriminating keys; an array by its
 * first element that has any. Undefined when no provider's envelope looks like it.
 */
export function recogniseShape(value: unknown): Recognised | undefined {
  if (Array.isArray(value)) {
    for (const element of value) {
      const inner = Array.isArray(element) ? undefined : recogniseShape(element);
      if (inner !== undefined) return { provider: inner.provider, envelope: `array, ${inner.envelope}` };
    }
    return value.length === 0 ? { provider: "kubernetes", envelope: "empty array" } : undefined;
  }
  // A whole native event is by far the most frequent record; no envelope has an auditID.
  if (isObject(value) && typeof value["auditID"] === "string" && value["auditID"] !== "") return NATIVE;
  for (const envelope of ENVELOPES) {
    const matches = typeof value === "string" ? envelope.text?.(value) : isObject(value) && envelope.object?.(value);
    if (matches === true) return { provider: envelope.provider, envelope: envelope.name };
  }
  return undefined;
}

/** `recogniseShape`, for one provider: what an adapter's `recognise` answers. */
export function recogniseFor(provider: ClusterProvider, value: unknown): string | undefined {
  const found = recogniseShape(value);
  return found?.provider === provider ? found.envelope : undefined;
}

const NATIVE: Recognised = { provider: "kubernetes", envelope: "audit.k8s.io event" };

function hasKey(value: unknown, key: string): value is Shape {
  return isObject(value) && key in value;
}
