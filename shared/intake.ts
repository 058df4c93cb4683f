import type { EventItem, Item, RejectItem, RejectReason, TextItem } from "./adapter.ts";
import type { Delivery, IngestContext, Problem } from "./delivery.ts";
import type { AuditEvent, NativeEvent } from "./event.ts";
import { isObject, parseJson } from "./json.ts";
import { partitionPath } from "./lake/partition.ts";
import { QuarantineWriter } from "./lake/quarantine.ts";
import { LakeWriter } from "./lake/writer.ts";
import { isAuditEvent } from "./native.ts";
import type { Provenance } from "./normalise.ts";
import { NO_TIME, normalise } from "./normalise.ts";
import { salvage } from "./salvage.ts";
import type { Tally } from "./tally.ts";
import { epochMs } from "./time.ts";

/** Where a record stands in its delivery. */
export interface Position {
  readonly number: number;
  readonly line?: number;
  /** The record's bytes, for quarantine. */
  readonly raw: () => Uint8Array;
}

/** What becomes of each record: an event in the lake, a stub and its raw bytes, a counted skip, or quarantine. */
export class Intake {
  readonly #context: IngestContext;
  readonly #tally: Tally;
  readonly #writer: LakeWriter;
  readonly #quarantine: QuarantineWriter;
  readonly #hours = new Map<string, string>();
  #delivery: Delivery = { name: "", id: "", body: { value: undefined, bytes: 0 } };
  /** Items of the delivery so far. */
  #ordinal = 0;
  #usable = 0;

  constructor(context: IngestContext, tally: Tally) {
    this.#context = context;
    this.#tally = tally;
    this.#writer = new LakeWriter(context.lake);
    this.#quarantine = new QuarantineWriter(context.lake);
  }

  begin(delivery: Delivery): void {
    this.#delivery = delivery;
    this.#ordinal = 0;
    this.#usable = 0;
  }

  /** Records of the delivery so far that became an event or a counted skip. */
  get usable(): number {
    return this.#usable;
  }

  /** Writes what is still open; only then is the delivery safe. */
  async close(): Promise<void> {
    await this.#quarantine.close();
    await this.#writer.close();
    this.#tally.addWritten(this.#writer.stats);
  }

  /** After a failed write: counts only what the lake acknowledged. */
  abandon(): void {
    this.#tally.addWritten(this.#writer.stats);
    this.#tally.forgetUnwritten();
  }

  /** One parsed JSON value, or a line of text. Returns a promise only when there is something to wait for. */
  value(value: unknown, position: Position): Promise<void> | undefined {
    const adapter = this.#context.adapterFor(value);
    if (adapter === undefined) return this.reject(typeof value === "string" ? NOT_JSON : UNRECOGNISED, position);
    const items = adapter.decode(value, this.#context.source)[Symbol.iterator]();
    for (let next = items.next(); next.done !== true; next = items.next()) {
      const pending = this.#item(next.value, position);
      if (pending !== undefined) return this.#rest(pending, items, position);
    }
    return undefined;
  }

  async #rest(first: Promise<void>, items: Iterator<Item>, position: Position): Promise<void> {
    await first;
    for (let next = items.next(); next.done !== true; next = items.next()) await this.#item(next.value, position);
  }

  reject(item: RejectItem, position: Position): Promise<void> | undefined {
    this.#tally.received++;
    this.#tally.quarantine(item.reason);
    this.#problem(item.reason, "quarantined", position, item.hint);
    const raw = item.raw === undefined ? position.raw() : bytesOf(item.raw);
    // A file that could not be opened has no bytes to keep.
    if (raw.length === 0) return undefined;
    return this.#quarantine.add({
      reason: item.reason,
      id: this.#recordId(undefined),
      record: position.number,
      place: item.place,
      time: this.#delivery.delivered,
      raw,
    });
  }

  #item(item: Item, position: Position): Promise<void> | undefined {
    this.#ordinal++;
    switch (item.kind) {
      case "event":
        this.#tally.received++;
        return this.#store(item.event, item, position);
      case "text":
        return this.#text(item, position);
      case "skip":
        this.#tally.received++;
        this.#tally.skip(item.reason);
        this.#usable++;
        return undefined;
      case "reject":
        return this.reject(item, position);
    }
  }

  #text(item: TextItem, position: Position): Promise<void> | undefined {
    let parsed: unknown;
    try {
      parsed = parseJson(item.text);
    } catch {
      return this.#salvage(item, position);
    }
    if (!isAuditEvent(parsed)) {
      const reason = isObject(parsed) ? "not-an-event" : "not-an-object";
      return this.reject({ kind: "reject", reason, raw: item.text, place: item.place }, position);
    }
    this.#tally.received++;
    return this.#store(parsed as NativeEvent, item, position);
  }

  /** Cut text: a stub of what is certain goes to the lake, the raw bytes to quarantine. */
  #salvage(item: TextItem, position: Position): Promise<void> | undefined {
    const salvaged = salvage(item.text, item.cutBy);
    if (salvaged === undefined) {
      return this.reject({ kind: "reject", reason: "not-json", raw: item.text, place: item.place }, position);
    }
    this.#tally.received++;
    const id = this.#recordId(item.id);
    const event = normalise(salvaged.event, this.#provenance(item), id, salvaged.truncated);
    this.#problem("cut", "salvaged", position, `stored without ${salvaged.truncated.missing.join(", ")}`);
    const kept = this.#quarantine.add({
      reason: "cut",
      id,
      record: position.number,
      place: item.place,
      source: item.source,
      time: event.time === NO_TIME ? undefined : event.time,
      raw: bytesOf(item.text),
    });
    return kept === undefined
      ? this.#write(event, item, position)
      : kept.then(() => this.#write(event, item, position));
  }

  #store(native: NativeEvent, item: EventItem | TextItem, position: Position): Promise<void> | undefined {
    return this.#write(normalise(native, this.#provenance(item), this.#recordId(item.id)), item, position);
  }

  #write(event: AuditEvent, item: EventItem | TextItem, position: Position): Promise<void> | undefined {
    const redactions = this.#context.redactor.redact(event);
    if (redactions !== undefined) {
      event.ingest.redactions = redactions;
      this.#tally.redactions += redactions.length;
      if (redactions.some(({ rule }) => rule.startsWith("fail-closed"))) this.#tally.failedClosed++;
    }
    let line: string;
    try {
      line = JSON.stringify(event);
    } catch {
      return this.#withhold("unencodable", item, position);
    }
    if (this.#context.findLeak(line) !== undefined) return this.#withhold("leak-gate", item, position);
    this.#usable++;
    if (event.ingest.truncated !== undefined) this.#tally.truncated++;
    this.#lag(event);
    return this.#writer.add(this.#partition(event), event.ingest.eventId, event.time, line);
  }

  /** An event that was received and must not be stored: its record goes to quarantine instead. */
  #withhold(reason: RejectReason, { place }: EventItem | TextItem, position: Position): Promise<void> | undefined {
    // A reject counts as received, as the event already did.
    this.#tally.received--;
    return this.reject({ kind: "reject", reason, place }, position);
  }

  #lag({ ingest, time }: AuditEvent): void {
    const { arrivedMs } = this.#delivery;
    const arrived = arrivedMs ?? (ingest.delivered === undefined ? undefined : epochMs(ingest.delivered));
    if (arrived !== undefined && time !== NO_TIME) this.#tally.lag.add(arrived - epochMs(time));
  }

  /** The partition of an event; its text is made once for each cluster and hour. */
  #partition(event: AuditEvent): string {
    const hour = event.time.slice(0, 13);
    const { provider, name } = event.cluster;
    const key = `${provider}\0${name}\0${event.cloud.account?.id ?? ""}\0${event.cloud.region ?? ""}\0${hour}`;
    let path = this.#hours.get(key);
    if (path === undefined) {
      // A map that grows with hostile time stamps is emptied, not kept.
      if (this.#hours.size > 4096) this.#hours.clear();
      const { cloud, cluster, time } = event;
      path = partitionPath({
        provider: cluster.provider,
        account: cloud.account?.id,
        region: cloud.region,
        cluster: cluster.name,
        time,
      });
      this.#hours.set(key, path);
    }
    return path;
  }

  #recordId(id: string | undefined): string {
    return id ?? `${this.#delivery.id}:${this.#ordinal}`;
  }

  #provenance(item: EventItem | TextItem): Provenance {
    const { delivered } = this.#delivery;
    return item.delivered !== undefined || delivered === undefined ? item : { ...item, delivered };
  }

  #problem(reason: string, action: Problem["action"], position: Position, hint: string | undefined): void {
    if (this.#context.onProblem === undefined) return;
    this.#context.onProblem({
      input: this.#delivery.name,
      record: position.number,
      ...(position.line === undefined ? {} : { line: position.line }),
      reason,
      action,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const NOT_JSON: RejectItem = { kind: "reject", reason: "not-json", hint: "neither JSON nor a known log line" };
const UNRECOGNISED: RejectItem = {
  kind: "reject",
  reason: "unrecognised",
  hint: "no known envelope; if you know the source, name it with --source",
};

function bytesOf(raw: string | Uint8Array): Uint8Array {
  return typeof raw === "string" ? Buffer.from(raw, "utf8") : raw;
}
