import type { AuditEvent, Redaction } from "../../../shared/event.ts";
import { createRedactor, type RedactorOptions } from "../../../shared/redact/create.ts";

/** A fingerprint key for tests. */
export const KEY = { key: new Uint8Array(32).fill(7), keyId: "k1", domain: "tenant" };

/** Native fields made into an event, as after normalisation. The JSON round trip makes what a parser would. */
export function auditEvent(native: object): AuditEvent {
  return {
    time: "2026-01-05T10:00:00.000000Z",
    cloud: { provider: "aws", account: { id: "111122223333" } },
    cluster: { provider: "eks", name: "prod", id: "prod" },
    ingest: { schema: 1, source: "audit-log", id: "1", eventId: "0123456789abcdef0123456789abcdef" },
    ...(JSON.parse(JSON.stringify(native)) as object),
  };
}

export interface Result {
  /** The native fields of the redacted event. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of any shape
  event: any;
  text: string;
  hits: Redaction[];
  rules: string[];
}

/** Redacts native fields. `text` is what would be stored, sidecar included. */
export function redact(native: object, options: RedactorOptions = {}): Result {
  const event = auditEvent(native);
  const hits = createRedactor(options).redact(event) ?? [];
  if (hits.length > 0) event.ingest.redactions = hits;
  return { event, text: JSON.stringify(event), hits, rules: [...new Set(hits.map((hit) => hit.rule))] };
}
