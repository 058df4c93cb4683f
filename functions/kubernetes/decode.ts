import type { Adapter, Item, SourceContext } from "../../shared/adapter.ts";
import { isObject } from "../../shared/json.ts";
import { isAuditEvent } from "../../shared/native.ts";
import { parseTime } from "../../shared/time.ts";
import { type Channel, eventItem, messageItem, SKIP_EMPTY } from "../messages.ts";
import { given, rememberPlaces } from "../places.ts";
import { foreign, reject } from "../rejects.ts";
import { recogniseFor, wrappedLine } from "../shapes.ts";

/**
 * Self-managed clusters: the API server's own audit events from a file backend, the audit webhook, or a forwarder that
 * wraps them. Shapes and their evidence: README.md.
 */
export const kubernetes: Adapter = {
  name: "kubernetes",
  recognise: (value) => recogniseFor("kubernetes", value),
  decode(value, context) {
    const log: Channel = { place: placeOf("", context), source: "audit-log", cutBy: "input" };
    return Array.isArray(value) ? decodeArray(value, log) : decodeRecord(value, log);
  },
};

// --- Internal helpers ---

/** The events themselves do not say which cluster they are of: only the caller knows. */
const placeOf = rememberPlaces((_statement: string, context: SourceContext) => ({
  provider: "kubernetes",
  cloud: "none",
  ...given("account", context.account),
  ...given("region", context.region),
  ...given("cluster", context.cluster),
  ...given("clusterId", context.cluster),
}));

function* decodeArray(records: unknown[], log: Channel): Iterable<Item> {
  if (records.length === 0) yield SKIP_EMPTY;
  for (const record of records) yield* decodeRecord(record, log);
}

function decodeRecord(record: unknown, log: Channel): Iterable<Item> {
  if (typeof record === "string") return [messageItem(record, log, undefined, undefined)];
  if (!isObject(record)) return [foreign("kubernetes", record, log.place)];
  if (isAuditEvent(record)) return [eventItem(record, log, undefined, undefined)];
  if (record["kind"] === "EventList") return decodeList(record, { ...log, source: "audit-webhook" });
  if (record["kind"] === "List") return decodeList(record, log);
  return [decodeWrapped(record, log)];
}

function* decodeList(list: Record<string, unknown>, channel: Channel): Iterable<Item> {
  const items = list["items"];
  if (!Array.isArray(items)) yield reject("bad-envelope", list, "a list whose items are not an array", channel.place);
  else if (items.length === 0) yield SKIP_EMPTY;
  else {
    for (const item of items) {
      yield isObject(item)
        ? eventItem(item, channel, undefined, undefined)
        : foreign("kubernetes", item, channel.place);
    }
  }
}

function decodeWrapped(record: Record<string, unknown>, log: Channel): Item {
  const inner = wrappedLine(record);
  const delivered = collectedAt(record);
  if (inner === undefined || isForeign(record)) return foreign("kubernetes", record, log.place);
  return typeof inner === "string"
    ? messageItem(inner, log, undefined, delivered)
    : eventItem(inner, log, undefined, delivered);
}

/** Another provider's envelope may have a `message` too (CloudWatch, Pub/Sub). */
function isForeign(record: Record<string, unknown>): boolean {
  return recogniseFor("kubernetes", record) === undefined;
}

/** Fluent Bit's `date` (seconds since 1970, or a text), Vector's and Docker's time stamps: when the line was read. */
function collectedAt(record: Record<string, unknown>): string | undefined {
  const date = record["date"];
  if (typeof date === "number" && date >= 0 && date < 253_402_300_800) return new Date(date * 1000).toISOString();
  return parseTime(date ?? record["timestamp"] ?? record["time"] ?? record["@timestamp"])?.utc;
}
