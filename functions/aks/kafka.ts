import { isUtf8 } from "node:buffer";
import type { Item } from "../../shared/adapter.ts";
import { isObject } from "../../shared/json.ts";
import { decodeBase64 } from "../base64.ts";
import { SKIP_EMPTY } from "../messages.ts";
import { foreign, reject } from "../rejects.ts";

/** One Event Hubs message that Lambda read by the Kafka protocol. */
export interface KafkaMessage {
  /** `topic-partition-offset`: names the message for good, a redelivery has the same. */
  readonly id: string | undefined;
  /** The body, as Azure Monitor sent it. */
  readonly text: string;
}

/**
 * The messages of Lambda's Kafka event, `{eventSource, records: {"topic-0": [{topic, partition, offset, value}]}}` with
 * the value in base64 (AWS Lambda developer guide, self-managed Apache Kafka), or the items of those that are unusable.
 */
export function* kafkaMessages(records: Record<string, unknown>): Iterable<KafkaMessage | Item> {
  let seen = 0;
  for (const batch of Object.values(records)) {
    if (!Array.isArray(batch)) {
      seen++;
      yield reject("bad-envelope", batch, "a Kafka partition whose records are not a list");
      continue;
    }
    for (const record of batch) {
      seen++;
      yield kafkaMessage(record);
    }
  }
  if (seen === 0) yield SKIP_EMPTY;
}

// --- Internal helpers ---

function kafkaMessage(record: unknown): KafkaMessage | Item {
  if (!isObject(record)) return foreign("aks", record);
  const { topic, partition, offset, value } = record;
  // A tombstone: Kafka allows a record without a value.
  if (value === null || value === "") return SKIP_EMPTY;
  if (typeof value !== "string") return reject("bad-envelope", record, "a Kafka record without a value");
  const bytes = decodeBase64(value);
  if (bytes === undefined) return reject("bad-base64", record, "the value of a Kafka record is not base64");
  if (!isUtf8(bytes)) return reject("invalid-utf8", bytes, "the value of a Kafka record is not UTF-8");
  const named = typeof topic === "string" && topic !== "" && typeof offset === "number";
  return { id: named ? `${topic}-${partition}-${offset}` : undefined, text: bytes.toString("utf8") };
}
