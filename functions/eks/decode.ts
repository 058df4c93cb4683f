import type { Adapter, Item, SkipItem, SourceContext } from "../../shared/adapter.ts";
import { isObject } from "../../shared/json.ts";
import { isAuditEvent } from "../../shared/native.ts";
import { parseTime } from "../../shared/time.ts";
import { type Channel, eventItem, messageItem, SKIP_EMPTY, SKIP_NOT_AUDIT } from "../messages.ts";
import { foreign, reject } from "../rejects.ts";
import { recogniseFor, splitExportLine } from "../shapes.ts";
import { unpack } from "./payload.ts";
import { eksPlace } from "./place.ts";

/**
 * EKS: audit events in CloudWatch Logs, by subscription, from its query calls, or exported. One message is one raw
 * `audit.k8s.io/v1` event; the mapping is the identity. Shapes and their evidence: README.md.
 */
export const eks: Adapter = {
  name: "eks",
  recognise: (value) => recogniseFor("eks", value),
  decode: (value, context) => (Array.isArray(value) ? decodeList(value, context) : decodeValue(value, context)),
};

// --- Internal helpers ---

const AUDIT_STREAM = "kube-apiserver-audit-";

const OTHER_STREAM: SkipItem = { kind: "skip", reason: "other-log-stream" };
const CONTROL_MESSAGE: SkipItem = { kind: "skip", reason: "control-message" };

type Shape = Record<string, unknown>;

// Iterables are handed on as they are, not through yield*: that would cost every event one step a level.

function* decodeList(values: unknown[], context: SourceContext): Iterable<Item> {
  if (values.length === 0) yield SKIP_EMPTY;
  for (const value of values) yield* decodeValue(value, context);
}

function decodeValue(value: unknown, context: SourceContext): Iterable<Item> {
  if (typeof value === "string") return [decodeLine(value, context)];
  if (!isObject(value)) return [foreign("eks", value)];
  if ("awslogs" in value) return decodePacked(value["awslogs"], value, context);
  if ("logEvents" in value || "messageType" in value) return decodeDocument(value, context);
  if (isAuditEvent(value)) return [eventItem(value, bareChannel(context), undefined, undefined)];
  if (recogniseFor("eks", value) === undefined) {
    return [foreign("eks", value, eksPlace(undefined, undefined, context))];
  }
  if (Array.isArray(value["Records"])) return decodeBatch(value["Records"], "kinesis", context);
  if (Array.isArray(value["records"])) return decodeBatch(value["records"], undefined, context);
  if (Array.isArray(value["events"])) return decodePage(value["events"], context);
  if (Array.isArray(value["results"])) return decodeInsights(value["results"], context);
  return [decodeLogEvent(value, filterChannel(context))];
}

/** A subscription's data as Lambda gets it (`awslogs.data`) or inside one Kinesis or Firehose record. */
function decodePacked(holder: unknown, record: unknown, context: SourceContext): Iterable<Item> {
  const data = isObject(holder) ? holder["data"] : undefined;
  const asked = eksPlace(undefined, undefined, context);
  if (typeof data !== "string") {
    return [reject("bad-envelope", record, "a subscription payload without a data string", asked)];
  }
  const unpacked = unpack(data);
  if ("reason" in unpacked) return [reject(unpacked.reason, record, unpacked.hint, asked)];
  if (isObject(unpacked.document)) return decodeDocument(unpacked.document, context);
  return [reject("not-an-object", record, "the unpacked payload is not an object", asked)];
}

function* decodeBatch(records: unknown[], inner: string | undefined, context: SourceContext): Iterable<Item> {
  if (records.length === 0) yield SKIP_EMPTY;
  for (const record of records) {
    const holder = inner !== undefined && isObject(record) ? record[inner] : record;
    yield* decodePacked(holder, record, context);
  }
}

function* decodeDocument(document: Shape, context: SourceContext): Iterable<Item> {
  const { messageType, owner, logGroup, logStream, logEvents } = document;
  const place = eksPlace(owner, logGroup, context);
  if (messageType === "CONTROL_MESSAGE") {
    const probes = Array.isArray(logEvents) ? Math.max(1, logEvents.length) : 1;
    for (let i = 0; i < probes; i++) yield CONTROL_MESSAGE;
  } else if (!Array.isArray(logEvents)) {
    yield reject("bad-envelope", document, "a CloudWatch Logs document whose logEvents are not an array", place);
  } else if (logEvents.length === 0) {
    yield SKIP_EMPTY;
  } else if (typeof logStream === "string" && !logStream.startsWith(AUDIT_STREAM)) {
    for (let i = 0; i < logEvents.length; i++) yield OTHER_STREAM;
  } else {
    const channel: Channel = { place, source: "cloudwatch-logs", cutBy: "eks" };
    for (const logEvent of logEvents) yield decodeLogEvent(logEvent, channel);
  }
}

function* decodePage(events: unknown[], context: SourceContext): Iterable<Item> {
  if (events.length === 0) yield SKIP_EMPTY;
  const channel = filterChannel(context);
  for (const event of events) yield decodeLogEvent(event, channel);
}

function decodeLogEvent(logEvent: unknown, channel: Channel): Item {
  if (!isObject(logEvent)) return reject("not-an-object", logEvent, "a log event that is not an object", channel.place);
  const stream = logEvent["logStreamName"];
  if (typeof stream === "string" && !stream.startsWith(AUDIT_STREAM)) return OTHER_STREAM;
  const message = logEvent["message"];
  const id = nonEmpty(logEvent["id"] ?? logEvent["eventId"]);
  const delivered = fromMs(logEvent["timestamp"]);
  if (typeof message === "string") return messageItem(message, channel, id, delivered);
  // A tool that parsed the message for us.
  if (isObject(message)) return eventItem(message, channel, id, delivered);
  return reject("bad-envelope", logEvent, "a log event without a message", channel.place);
}

function* decodeInsights(rows: unknown[], context: SourceContext): Iterable<Item> {
  if (rows.length === 0) yield SKIP_EMPTY;
  for (const row of rows) yield decodeRow(row, context);
}

/** One row of get-query-results: a list of `{field, value}`; the fields are those that the query asked for. */
function decodeRow(row: unknown, context: SourceContext): Item {
  if (!Array.isArray(row)) return reject("bad-envelope", row, "a Logs Insights row that is not a list of fields");
  const fields = new Map<unknown, string>();
  for (const cell of row) {
    if (isObject(cell) && typeof cell["value"] === "string") fields.set(cell["field"], cell["value"]);
  }
  const message = fields.get("@message");
  const stream = fields.get("@logStream");
  if (stream !== undefined && !stream.startsWith(AUDIT_STREAM)) return OTHER_STREAM;
  // A query without `fields @message` (statistics, a projection): rows of another kind.
  if (message === undefined) return SKIP_NOT_AUDIT;
  // `@log` is ACCOUNT:GROUP.
  const log = fields.get("@log") ?? "";
  const colon = log.indexOf(":");
  const place = eksPlace(log.slice(0, Math.max(colon, 0)), log.slice(colon + 1), context);
  const delivered = parseTime(fields.get("@timestamp"))?.utc;
  return messageItem(
    message,
    { place, source: "logs-insights", cutBy: "eks" },
    nonEmpty(fields.get("@ptr")),
    delivered,
  );
}

/** A line of text: of an export task, of `aws logs tail`, or a bare message. */
function decodeLine(line: string, context: SourceContext): Item {
  const parts = splitExportLine(line);
  if (parts === undefined) return messageItem(line, bareChannel(context), undefined, undefined);
  if (parts.stream !== undefined && !parts.stream.startsWith(AUDIT_STREAM)) return OTHER_STREAM;
  const place = eksPlace(undefined, undefined, context);
  const channel: Channel = { place, source: "cloudwatch-export", cutBy: "eks" };
  return messageItem(parts.message, channel, undefined, parseTime(parts.stamp)?.utc);
}

function filterChannel(context: SourceContext): Channel {
  return { place: eksPlace(undefined, undefined, context), source: "cloudwatch-logs", cutBy: "eks" };
}

function bareChannel(context: SourceContext): Channel {
  return { place: eksPlace(undefined, undefined, context), source: "audit-log", cutBy: "eks" };
}

/**
 * A log event's `timestamp`, in milliseconds since 1970. It is taken as the delivery time, and not `ingestionTime`,
 * because every path gives it (subscription, filter-log-events, Logs Insights, export) and gives the same: a cut event
 * that has lost its own times then lands in the same hour by whichever path it comes.
 */
function fromMs(ms: unknown): string | undefined {
  if (typeof ms !== "number" || !(ms >= 0 && ms < 253_402_300_800_000)) return undefined;
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${lastSecondText}${String(Math.floor(ms) - second * 1000).padStart(3, "0")}Z`;
}

// Log events stand in time order: their second is written out once.
let lastSecond = Number.NaN;
let lastSecondText = "";

function nonEmpty(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
