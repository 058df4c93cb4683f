import { Recogniser } from "../../functions/recogniser.ts";
import type { AuditEvent } from "../../shared/event.ts";
import type { Framed } from "../../shared/input/framed.ts";
import { Framer } from "../../shared/input/framer.ts";
import { gunzipIfNeeded, InputError } from "../../shared/input/gunzip.ts";
import { RawInput } from "../../shared/input/raw-input.ts";
import type { Finding } from "../../shared/redact/inspect.ts";
import { createInspector } from "../../shared/redact/inspect.ts";
import { addCount } from "../../shared/report.ts";
import { eventsIn } from "../redact/records.ts";
import { headerOf, withoutHolder } from "../redact/stored.ts";
import type { Redaction } from "../redaction.ts";

/** Where something leaked; never what. */
export interface Leak {
  /** Key of the object, or path of the file. */
  readonly object: string;
  /** From 1, after decompression. */
  readonly line: number;
  /** RFC 6901 pointer into the event (for a record that is none, into it); empty for the line as a whole. */
  readonly path: string;
  readonly rule: string;
}

/** Tells what could not be looked at. `line` is 0 for the input as a whole. */
export type OnUnreadable = (object: string, line: number, reason: string) => void;

/** Looks for secrets in any bytes that hold records. */
export class Examiner {
  /** Events, and records that are no events. */
  scanned = 0;
  /** Records that are no events, by reason: looked at as plain JSON or text. */
  readonly notEvents: Record<string, number> = {};
  readonly #inspect: (event: AuditEvent) => Finding[];
  readonly #findLeak: Redaction["findLeak"];
  readonly #onUnreadable: OnUnreadable;

  constructor({ policy, findLeak }: Pick<Redaction, "policy" | "findLeak">, onUnreadable: OnUnreadable) {
    this.#inspect = createInspector(policy);
    this.#findLeak = findLeak;
    this.#onUnreadable = onUnreadable;
  }

  /** All leaks of one input in order. Never throws on input: what cannot be read is told to `onUnreadable`. */
  async *examine(
    object: string,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): AsyncGenerator<Leak, void, undefined> {
    const framer = new Framer();
    const raw = new RawInput();
    const recogniser = new Recogniser("auto");
    const before = this.scanned;
    let inflated = 0;
    try {
      for await (const chunk of gunzipIfNeeded(raw.watch(chunks))) {
        inflated += chunk.length;
        for (const framed of framer.push(chunk)) yield* this.#record(object, framed, recogniser);
        raw.refuseBomb(inflated, this.scanned - before);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#onUnreadable(object, 0, `${error.reason}: ${error.message}`);
    }
    for (const framed of framer.finish()) yield* this.#record(object, framed, recogniser);
  }

  *#record(object: string, framed: Framed, recogniser: Recogniser): Generator<Leak> {
    const { line } = framed;
    if (framed.kind === "reject") {
      this.#onUnreadable(object, line, framed.hint === undefined ? framed.reason : `${framed.reason}: ${framed.hint}`);
      return;
    }
    // Looking at it may not change it, and a scan of one input tells nothing about the next.
    const value = framed.kind === "value" ? framed.value : framed.text;
    let clean = true;
    for (const { path, rule } of this.#findings(value, recogniser)) {
      clean = false;
      yield { object, line, path, rule };
    }
    if (!clean) return;
    // What parsing does not show: of two equal keys it keeps one.
    const leak = this.#findLeak(Buffer.from(framed.raw()).toString("utf8"));
    if (leak !== undefined) yield { object, line, path: "", rule: leak.rule };
  }

  *#findings(value: unknown, recogniser: Recogniser): Generator<Finding> {
    let isOther = false;
    for (const found of eventsIn(value, recogniser.adapterFor)) {
      if (found.kind === "empty") continue;
      this.scanned++;
      if (found.kind === "event") {
        for (const { path, rule } of this.eventFindings(found.event)) yield { path: found.at + path, rule };
      } else {
        isOther = true;
        addCount(this.notEvents, found.reason);
      }
    }
    if (!isOther) return;
    const record = { record: value } as unknown as AuditEvent;
    for (const { path, rule } of this.#inspect(record)) yield { path: path.slice("/record".length), rule };
  }

  /** Leaks of one event, its header included. */
  *eventFindings(event: AuditEvent): Generator<Finding> {
    const header = headerOf(event);
    if (header !== undefined)
      yield* this.#inspect(withoutRedactions(header) as unknown as AuditEvent).map(withoutHolder);
    yield* this.#inspect(event);
  }

  /** True when nothing would be found in `event`, nor in the line that it is written as. */
  isClean(event: AuditEvent, line: string): boolean {
    return this.eventFindings(event).next().done === true && this.#findLeak(line) === undefined;
  }
}

/** The list of what was taken out holds names of keys and rules, not values. */
function withoutRedactions({ header }: NonNullable<ReturnType<typeof headerOf>>): object {
  const { ingest } = header;
  if (typeof ingest !== "object" || ingest === null || Array.isArray(ingest)) return { header };
  const { redactions: _, ...rest } = ingest;
  return { header: { ...header, ingest: rest } };
}
