import type { AuditEvent, JsonObject, Redaction } from "../../shared/event.ts";
import { isObject } from "../../shared/json.ts";
import type { RedactorOptions } from "../../shared/redact/create.ts";
import { createRedactor, createWalker, redactEvent } from "../../shared/redact/create.ts";

/** The keys that a lake's line has beside the native event's; redactors pass them over. */
const HEADER_KEYS = ["time", "cloud", "cluster", "ingest"] as const;

/** True for a line of a ClusterTrail lake: its header says what was taken out of it before. */
export function isStored(value: unknown): value is AuditEvent {
  if (!isObject(value) || typeof value["time"] !== "string") return false;
  const { cloud, cluster, ingest } = value;
  if (!isObject(cloud) || !isObject(cluster) || !isObject(ingest)) return false;
  const { schema, source, id, eventId, redactions } = ingest;
  if (schema !== 1 || typeof source !== "string" || typeof id !== "string") return false;
  return typeof eventId === "string" && /^[0-9a-f]{32}$/.test(eventId) && isListOfRedactions(redactions);
}

function isListOfRedactions(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    Array.isArray(value) &&
    value.every((one) => isObject(one) && typeof one["path"] === "string" && typeof one["rule"] === "string")
  );
}

/** Redacts events in place, native ones and those of a lake; returns what was taken out now. Never throws. */
export interface RecordRedactor {
  redact(event: AuditEvent, stored: boolean): readonly Redaction[];
}

/**
 * A redactor for whole records. Of a native event it reads every key; the pipeline's redactor leaves the four header
 * keys alone because the pipeline writes them, and here a forwarder may have. An event from a lake keeps its list of
 * redactions, extended by what is found now; a marker in it is not a finding.
 */
export function createRecordRedactor(options: RedactorOptions): RecordRedactor {
  const native = createRedactor(options);
  const walker = createWalker(options, true);
  const redactNative = (event: AuditEvent): readonly Redaction[] => native.redact(event) ?? [];
  const redactStored = (event: AuditEvent): readonly Redaction[] => {
    redactEvent(walker, event);
    return walker.hits;
  };
  return {
    redact(event, stored) {
      const redactOne = stored ? redactStored : redactNative;
      const before = stored ? event.ingest.redactions : undefined;
      if (before !== undefined) delete event.ingest.redactions;
      const hits = [...redactHeader(event, redactOne), ...redactOne(event)];
      if (stored) extend(event, before, hits);
      return hits;
    },
  };
}

/** Redacts the header keys of `event` as if they were any others. */
function redactHeader(event: AuditEvent, redactOne: (event: AuditEvent) => readonly Redaction[]): Redaction[] {
  const holder = headerOf(event);
  if (holder === undefined) return [];
  const keys = Object.keys(holder.header);
  const hits = redactOne(holder as unknown as AuditEvent).map(withoutHolder);
  for (const key of keys) {
    const value = holder.header[key];
    // The redactor could not walk it and took all of it away.
    if (value === undefined) delete (event as JsonObject)[key];
    else (event as JsonObject)[key] = value;
  }
  return hits;
}

/** The header keys that `event` has, under a key that redactors and inspectors read like any other. */
export function headerOf(event: AuditEvent): { header: JsonObject } | undefined {
  const header: JsonObject = {};
  let some = false;
  for (const key of HEADER_KEYS) {
    if (!Object.hasOwn(event, key)) continue;
    header[key] = event[key] as unknown as JsonObject;
    some = true;
  }
  return some ? { header } : undefined;
}

/** The same place in the event itself. */
export function withoutHolder<T extends { path: string }>(found: T): T {
  return { ...found, path: found.path.slice("/header".length) };
}

/** Puts the old list back, with what is new behind it. */
function extend(event: AuditEvent, before: Redaction[] | undefined, hits: readonly Redaction[]): void {
  const all = [...(before ?? [])];
  for (const hit of hits) {
    if (!all.some(({ path, rule, fp }) => path === hit.path && rule === hit.rule && fp === hit.fp)) all.push(hit);
  }
  if (all.length === 0) return;
  // The header itself could not be walked and is gone; that, too, is in the list.
  if (isObject(event.ingest)) event.ingest.redactions = all;
  else (event as JsonObject)["ingest"] = { redactions: all.map((one) => ({ ...one })) };
}
