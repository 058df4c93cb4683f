import type { Adapter, Item, SourceContext } from "../../shared/adapter.ts";
import type { IngestSource } from "../../shared/event.ts";
import { isObject } from "../../shared/json.ts";
import { isAuditEvent } from "../../shared/native.ts";
import { type Channel, eventItem, messageItem, SKIP_EMPTY } from "../messages.ts";
import { foreign, foreignText, reject } from "../rejects.ts";
import {
  isAnalyticsRow,
  isAzureRecord,
  isComponentLog,
  isKafkaEvent,
  isQueryResult,
  recogniseFor,
  recogniseShape,
  startsLikeEvent,
} from "../shapes.ts";
import { kafkaMessages } from "./kafka.ts";
import { rowItem, tableItems } from "./log-analytics.ts";
import { recordItem, tryJson } from "./record.ts";
import { aksPlace } from "./resource-id.ts";

/**
 * AKS: audit events that Azure Monitor sends to an Event Hub, a storage account or Log Analytics. All but the audit
 * tables carry the raw `audit.k8s.io/v1` event; the mapping is the identity. Shapes and their evidence: README.md.
 */
export const aks: Adapter = {
  name: "aks",
  recognise: (value) => recogniseFor("aks", value),
  decode: (value, context) =>
    Array.isArray(value) ? decodeMessages(value, context) : decodeMessage(value, "azure-storage", undefined, context),
};

// --- Internal helpers ---

function* decodeMessages(messages: unknown[], context: SourceContext): Iterable<Item> {
  if (messages.length === 0) yield SKIP_EMPTY;
  for (const message of messages) yield* decodeMessage(message, "event-hubs", undefined, context);
}

/**
 * @param source how a record that stands by itself has travelled: line by line in a storage account, or as one message
 * of a list. A batch of records is always from an Event Hub.
 */
function decodeMessage(
  value: unknown,
  source: IngestSource,
  id: string | undefined,
  context: SourceContext,
): Iterable<Item> {
  if (typeof value === "string") return decodeText(value, source, id, context);
  if (!isObject(value) || isAzureRecord(value)) return [decodeRecord(value, source, id, context)];
  if (isKafkaEvent(value)) return decodeKafka(value["records"] as Record<string, unknown>, context);
  if ("records" in value && isOurs(value)) return decodeBatch(value, id, context);
  if (isQueryResult(value)) return tableItems(value["tables"] as unknown[], context);
  const rows = value["value"] ?? (isObject(value["body"]) ? value["body"]["value"] : undefined);
  return Array.isArray(rows) ? decodeRows(rows, context) : [decodeRecord(value, source, id, context)];
}

/** Firehose has a list of records too. */
function isOurs(value: Record<string, unknown>): boolean {
  const found = recogniseShape(value);
  return found === undefined || found.provider === "aks";
}

function* decodeBatch(batch: Record<string, unknown>, id: string | undefined, context: SourceContext): Iterable<Item> {
  const records = batch["records"];
  if (!Array.isArray(records))
    yield reject("bad-envelope", batch, "an Azure Monitor batch whose records are not a list");
  else if (records.length === 0) yield SKIP_EMPTY;
  else {
    for (let n = 0; n < records.length; n++) {
      yield decodeRecord(records[n], "event-hubs", id === undefined ? undefined : `${id}#${n}`, context);
    }
  }
}

function* decodeRows(rows: unknown[], context: SourceContext): Iterable<Item> {
  if (rows.length === 0) yield SKIP_EMPTY;
  for (const row of rows) yield decodeRecord(row, "log-analytics", undefined, context);
}

function* decodeKafka(records: Record<string, unknown>, context: SourceContext): Iterable<Item> {
  for (const message of kafkaMessages(records)) {
    if ("kind" in message) yield message;
    else yield* decodeText(message.text, "event-hubs", message.id, context);
  }
}

/** One record, one item. */
function decodeRecord(record: unknown, source: IngestSource, id: string | undefined, context: SourceContext): Item {
  if (!isObject(record)) return foreign("aks", record);
  if (isAzureRecord(record)) return recordItem(record, source, id, context);
  if (isAnalyticsRow(record)) return rowItem(record, context);
  if (isAuditEvent(record)) return eventItem(record, bareChannel(context), id, undefined);
  return foreign("aks", record, bareChannel(context).place);
}

/** A message body as text, a line of a file that is not JSON, or a bare event that was cut. */
function decodeText(
  text: string,
  source: IngestSource,
  id: string | undefined,
  context: SourceContext,
): Iterable<Item> {
  const value = tryJson(text);
  if (typeof value === "object" && value !== null) return decodeMessage(value, source, id, context);
  const bare = bareChannel(context);
  // A cut record is no cut event: its first fields are Azure's.
  const known = text.trim() === "" || isComponentLog(text) || startsLikeEvent(text);
  return [known ? messageItem(text, bare, id, undefined) : foreignText("aks", text, bare.place)];
}

function bareChannel(context: SourceContext): Channel {
  return { place: aksPlace({}, context), source: "audit-log", cutBy: "input" };
}
