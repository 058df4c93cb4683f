import type { Adapter, EventItem, Item, SkipItem, SourceContext } from "../../shared/adapter.ts";
import type { IngestSource } from "../../shared/event.ts";
import { isObject } from "../../shared/json.ts";
import { SKIP_EMPTY, SKIP_NOT_AUDIT } from "../messages.ts";
import { foreign, foreignText, reject } from "../rejects.ts";
import { recogniseFor } from "../shapes.ts";
import { AUDIT_COLUMN, entryOfRow } from "./bigquery.ts";
import { convert } from "./convert.ts";
import { type LogEntry, objectOf, textOf, timeOf } from "./entry.ts";
import { gkePlace } from "./place.ts";
import { parseEntry, unwrapData } from "./pubsub.ts";

/**
 * GKE: Kubernetes audit entries of Cloud Logging, from Pub/Sub, `gcloud logging read`, a sink's files or BigQuery. The
 * native event is not in them: `convert` rebuilds it. Shapes and their evidence: README.md.
 */
export const gke: Adapter = {
  name: "gke",
  recognise: (value) => recogniseFor("gke", value),
  decode(value, context) {
    if (!Array.isArray(value)) return decodeValue(value, context);
    return value.length === 0 ? [SKIP_EMPTY] : decodeAll(value, context);
  },
};

// --- Internal helpers ---

/** The service of the Kubernetes API itself; GKE's own API is container.googleapis.com. */
const SERVICE = "k8s.io";

const OTHER_SERVICE: SkipItem = { kind: "skip", reason: "other-service" };

/** How the entries of one envelope arrived; what stands in where an entry does not say. */
interface Carrier {
  readonly source: IngestSource;
  readonly id?: string | undefined;
  readonly published?: unknown;
}

const DIRECT: Carrier = { source: "cloud-logging" };

function* decodeAll(values: readonly unknown[], context: SourceContext): Generator<Item> {
  for (const value of values) yield* decodeValue(value, context);
}

/** One record is nearly always one item: an array costs less than a generator. */
function decodeValue(value: unknown, context: SourceContext): Iterable<Item> {
  if (typeof value === "string") return [decodeText(value, context)];
  if (!isObject(value)) return [foreign("gke", value)];
  if ("protoPayload" in value || typeof value["logName"] === "string") return [decodeEntry(value, DIRECT, context)];
  if (Array.isArray(value["receivedMessages"])) return decodeBatch(value["receivedMessages"], context);
  if (Array.isArray(value["entries"])) return decodeBatch(value["entries"], context);
  // A push body, or one of the `{ackId, message}` that a pull gives.
  if (isObject(value["message"])) return decodeMessage(value["message"], value, context);
  if ("data" in value && ("messageId" in value || "message_id" in value || "attributes" in value)) {
    return decodeMessage(value, value, context);
  }
  return [decodeEntry(value, DIRECT, context)];
}

/** The messages of a pull response, or the entries of an entries.list response. */
function decodeBatch(records: readonly unknown[], context: SourceContext): Iterable<Item> {
  return records.length === 0 ? [SKIP_EMPTY] : decodeAll(records, context);
}

/** A line that the caller could not parse: a BOM may be all that is wrong with it. */
function decodeText(text: string, context: SourceContext): Item {
  if (text.charCodeAt(0) !== 0xfeff) return foreignText("gke", text);
  const parsed = parseEntry(text);
  if ("kind" in parsed) return foreignText("gke", text);
  return isObject(parsed.value) ? decodeEntry(parsed.value, DIRECT, context) : foreign("gke", parsed.value);
}

/** @param record what the message came in, for quarantine */
function decodeMessage(message: Record<string, unknown>, record: unknown, context: SourceContext): Iterable<Item> {
  const { data } = message;
  const carrier: Carrier = {
    source: "pubsub",
    id: textOf(message["messageId"]) ?? textOf(message["message_id"]),
    published: message["publishTime"] ?? message["publish_time"],
  };
  // Pub/Sub carries messages of attributes alone.
  if (data === undefined || data === null || data === "") return [SKIP_EMPTY];
  if (isObject(data)) return [decodeEntry(data, carrier, context)];
  if (typeof data !== "string") return [reject("bad-envelope", record, "a Pub/Sub message whose data is not text")];
  const unwrapped = unwrapData(data);
  if ("kind" in unwrapped) return [unwrapped];
  const { value } = unwrapped;
  if (!Array.isArray(value)) return [decodeCarried(value, carrier, context)];
  return value.length === 0 ? [SKIP_EMPTY] : value.map((entry) => decodeCarried(entry, carrier, context));
}

function decodeCarried(value: unknown, carrier: Carrier, context: SourceContext): Item {
  return isObject(value) ? decodeEntry(value, carrier, context) : foreign("gke", value);
}

function decodeEntry(entry: LogEntry, carrier: Carrier, context: SourceContext): Item {
  const payload = entry["protoPayload"];
  if (!isObject(payload)) {
    if (isObject(entry[AUDIT_COLUMN])) return decodeEntry(entryOfRow(entry), carrier, context);
    return withoutAuditLog(entry, context);
  }
  const service = textOf(payload["serviceName"]);
  if (service !== SERVICE) {
    if (service !== undefined) return OTHER_SERVICE;
    const type = textOf(payload["@type"]);
    if (type !== undefined && !type.endsWith(".AuditLog")) return SKIP_NOT_AUDIT;
  }
  const method = textOf(payload["methodName"]);
  const known = service === SERVICE || method?.startsWith("io.k8s.") || isCluster(entry);
  if (!known || (method === undefined && textOf(payload["resourceName"]) === undefined)) {
    return reject(
      "bad-envelope",
      entry,
      "an audit entry without the names of a Kubernetes request",
      gkePlace(entry, context),
    );
  }
  return eventItem(entry, carrier, context);
}

function eventItem(entry: LogEntry, carrier: Carrier, context: SourceContext): EventItem {
  const { event, inferred, split } = convert(entry);
  const place = gkePlace(entry, context);
  const id = textOf(entry["insertId"]) ?? carrier.id;
  const delivered = timeOf(entry["receiveTimestamp"]) ?? timeOf(carrier.published);
  const { source } = carrier;
  // One literal for the usual case: this runs for every entry.
  if (id !== undefined && delivered !== undefined && split === undefined) {
    return { kind: "event", event, place, source, id, delivered, inferred };
  }
  return {
    kind: "event",
    event,
    place,
    source,
    ...(id === undefined ? undefined : { id }),
    ...(delivered === undefined ? undefined : { delivered }),
    inferred,
    ...(split === undefined ? undefined : { split }),
  };
}

/** An entry of another kind of log, or something that is no entry at all. */
function withoutAuditLog(entry: LogEntry, context: SourceContext): Item {
  if (entry["protoPayload"] !== undefined && entry["protoPayload"] !== null) {
    return reject("bad-envelope", entry, "a log entry whose protoPayload is not an object", gkePlace(entry, context));
  }
  if ("jsonPayload" in entry || "textPayload" in entry) return SKIP_NOT_AUDIT;
  const logName = textOf(entry["logName"]);
  if (logName === undefined) return foreign("gke", entry, gkePlace(entry, context));
  if (!logName.includes("cloudaudit.googleapis.com")) return SKIP_NOT_AUDIT;
  return reject("bad-envelope", entry, "an audit entry without its protoPayload", gkePlace(entry, context));
}

function isCluster(entry: LogEntry): boolean {
  return objectOf(entry["resource"])?.["type"] === "k8s_cluster";
}
