import { hash } from "node:crypto";
import type { NativeEvent, Split } from "./event.ts";
import { parseTime, toMicroseconds } from "./time.ts";

export interface Apart {
  readonly split?: Split | undefined;
  /** True for a salvaged stub. */
  readonly stub?: boolean;
}

/**
 * `ingest.eventId`: the first 32 hex digits of SHA-256 over cluster id, auditID, stage, requestReceivedTimestamp and
 * stageTimestamp, NUL between, times in UTC to the microsecond, empty where absent (design section 2). Retries,
 * backfill and other paths of one event meet in it; no content enters it, so it cannot be searched for a secret.
 *
 * Two kinds of record would share an id although they are different events; one more component keeps them apart (ADR
 * 0004): the parts of a split GKE entry, and salvaged stubs. A stub must not stand in for the whole event, and mostly has
 * no times; a client may choose its auditID, so two stubs with equal auditIDs are not one event.
 *
 * @param recordId takes the place of an absent auditID (partial records).
 */
export function eventId(clusterId: string, event: NativeEvent, recordId: string, apart: Apart = {}): string {
  const auditId = typeof event["auditID"] === "string" && event["auditID"] !== "" ? event["auditID"] : recordId;
  const stage = typeof event["stage"] === "string" ? event["stage"] : "";
  const received = idTime(event["requestReceivedTimestamp"]);
  const staged = idTime(event["stageTimestamp"]);
  const part =
    apart.split !== undefined ? `\0split ${apart.split.index}` : apart.stub === true ? `\0stub ${recordId}` : "";
  return hash("sha256", `${clusterId}\0${auditId}\0${stage}\0${received}\0${staged}${part}`, "hex").slice(0, 32);
}

function idTime(value: unknown): string {
  const instant = parseTime(value);
  if (instant !== undefined) return toMicroseconds(instant.utc);
  return typeof value === "string" ? value : "";
}
