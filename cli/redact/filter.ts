import { kubernetes } from "../../functions/kubernetes/decode.ts";
import type { AuditEvent } from "../../shared/event.ts";
import type { Framed } from "../../shared/input/framed.ts";
import { Framer } from "../../shared/input/framer.ts";
import { gunzipIfNeeded, InputError } from "../../shared/input/gunzip.ts";
import { RawInput } from "../../shared/input/raw-input.ts";
import type { Redaction } from "../redaction.ts";
import type { RawSource } from "./inputs.ts";
import type { LineWriter } from "./line-writer.ts";
import { eventsIn } from "./records.ts";
import type { RecordRedactor } from "./stored.ts";
import { createRecordRedactor } from "./stored.ts";
import type { Withheld } from "./withheld.ts";

/** Another cluster provider's envelope holds no native event, or hides it: those are the pipeline's to read. */
const WRONG_SOURCE = "a cloud provider's envelope: clustertrail ingest reads those";

const adapterFor = () => kubernetes;

/** Reads inputs and writes each event redacted, one a line, in order; what it cannot vouch for it withholds. */
export class RedactFilter {
  /** Events written. */
  events = 0;
  /** Places where something was taken out. */
  redactions = 0;
  /** Events of which a part could not be walked and went whole. */
  failedClosed = 0;
  readonly #redactor: RecordRedactor;
  readonly #findLeak: Redaction["findLeak"];
  readonly #writer: LineWriter;
  readonly #withheld: Withheld;

  constructor({ options, findLeak }: Redaction, writer: LineWriter, withheld: Withheld) {
    this.#redactor = createRecordRedactor(options);
    this.#findLeak = findLeak;
    this.#writer = writer;
    this.#withheld = withheld;
  }

  /** Never throws on input: what breaks off in the middle is named, what came before is written. */
  async run({ name, chunks }: RawSource): Promise<void> {
    const framer = new Framer();
    const raw = new RawInput();
    const before = this.events;
    let inflated = 0;
    try {
      for await (const chunk of gunzipIfNeeded(raw.watch(chunks))) {
        inflated += chunk.length;
        await this.#all(name, framer.push(chunk));
        raw.refuseBomb(inflated, this.events - before);
        // Whoever reads along shall see each event when it comes, not when enough have come.
        await this.#writer.flush();
      }
      await this.#all(name, framer.finish());
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      await this.#all(name, framer.finish());
      this.#withheld.add(name, error.reason, error.message);
    }
    await this.#writer.flush();
  }

  async #all(name: string, records: Iterable<Framed>): Promise<void> {
    for (const framed of records) {
      const pending = this.#record(name, framed);
      if (pending !== undefined) await pending;
    }
  }

  #record(name: string, framed: Framed): Promise<void> | undefined {
    const where = `${name}: record ${framed.number} (line ${framed.line})`;
    if (framed.kind === "reject") {
      this.#withheld.add(where, framed.reason, framed.hint);
      return undefined;
    }
    let pending: Promise<void> | undefined;
    for (const found of eventsIn(framed.kind === "value" ? framed.value : framed.text, adapterFor)) {
      if (found.kind === "empty") continue;
      const place = found.at === "" ? where : `${where}, ${found.at}`;
      if (found.kind === "event") pending = this.#event(place, found.event, found.stored) ?? pending;
      else this.#withheld.add(place, found.reason, found.reason === "wrong-source" ? WRONG_SOURCE : found.hint);
    }
    return pending;
  }

  #event(where: string, event: AuditEvent, stored: boolean): Promise<void> | undefined {
    const hits = this.#redactor.redact(event, stored);
    let line: string;
    try {
      line = JSON.stringify(event);
    } catch {
      this.#withheld.add(where, "unencodable", "it is nested too deep to be written");
      return undefined;
    }
    const leak = this.#findLeak(line);
    if (leak !== undefined) {
      this.#withheld.add(where, "leak-gate", `it still shows a secret after redaction (${leak.rule})`);
      return undefined;
    }
    this.events++;
    this.redactions += hits.length;
    if (hits.some(({ rule }) => rule.startsWith("fail-closed"))) this.failedClosed++;
    return this.#writer.add(line);
  }
}
