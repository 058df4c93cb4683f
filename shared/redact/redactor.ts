import type { AuditEvent, Redaction } from "../event.ts";

/** Takes secrets out of one normalised event. */
export interface Redactor {
  /**
   * Redacts `event` in place, bodies, URI, annotations and every other string; returns what was taken out, in
   * document order, or undefined if nothing was. Never throws: an event it cannot walk has its bodies replaced whole
   * (fail closed).
   */
  redact(event: AuditEvent): Redaction[] | undefined;
}
