import { eventsDigest, objectName } from "./object-name.ts";

const NEWLINE = 10;
const FIRST_CAPACITY_BYTES = 16 * 1024;
/** Doubling to the end would take 16 MiB for an object that is closed just over 8. */
const LARGEST_STEP_BYTES = 2 * 1024 * 1024;

/**
 * Of records that claim one id, so many are compared with each newcomer; beyond that every one is written, repeat or
 * not. Honest events have one content, two at most (a part of an event and the whole); a client that sets its own audit
 * ids could otherwise make each line cost as much as all before it.
 */
const MAX_COMPARED = 8;

/**
 * Lines on their way to one object. They are written into one buffer that doubles, because a string held until the
 * object is full costs a heap object per line and a second copy when it is joined.
 */
export class OpenObject {
  readonly partition: string;
  /** Ids in line order; one stands twice when two different records claim it. */
  readonly #ids: string[] = [];
  /** Where the first line of each id starts. */
  readonly #starts = new Map<string, number>();
  /** Where further lines of an id start; nearly always empty. */
  readonly #others = new Map<string, number[]>();
  #buffer: Buffer;
  #used = 0;
  #firstTime = "";
  #repeats = 0;

  /** @param buffer of an object that is done, to be used again. */
  constructor(partition: string, buffer: Buffer | undefined) {
    this.partition = partition;
    this.#buffer = buffer ?? Buffer.allocUnsafeSlow(FIRST_CAPACITY_BYTES);
  }

  /** Bytes of text so far. */
  get bytes(): number {
    return this.#used;
  }

  /** Lines so far. */
  get count(): number {
    return this.#ids.length;
  }

  /** Events that came again after they were inside. */
  get repeats(): number {
    return this.#repeats;
  }

  /**
   * `line` is JSON without a line break. An event whose id and content are inside already is counted as a repeat and
   * not written. Another content under an id that is inside is written too: which of the two is right is not for the
   * lake to say, and neither may be lost.
   */
  add(eventId: string, time: string, line: string): void {
    const known = this.#starts.get(eventId);
    if (known === undefined) this.#starts.set(eventId, this.#used);
    else {
      const others = this.#others.get(eventId);
      if (this.#isInside(eventId, line, known, others)) {
        this.#repeats++;
        return;
      }
      if (others === undefined) this.#others.set(eventId, [this.#used]);
      else others.push(this.#used);
    }
    if (this.#ids.length === 0) this.#firstTime = time;
    this.#ids.push(eventId);
    this.#reserve(line);
    this.#used += this.#buffer.write(line, this.#used, "utf8");
    this.#buffer[this.#used++] = NEWLINE;
  }

  name(): string {
    return objectName(this.#firstTime, this.#ids.length, eventsDigest(this.#ids));
  }

  /** The NDJSON so far: a view, valid until the next line or the next use of {@link buffer}. */
  text(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  /** True when one of the lines of `eventId` says the same as `line`. */
  #isInside(eventId: string, line: string, first: number, others: readonly number[] | undefined): boolean {
    const mark = `"eventId":"${eventId}"`;
    const content = Buffer.from(line.slice(endOf(line.indexOf(mark), mark)));
    if (this.#contentAt(first, mark).equals(content)) return true;
    return others?.slice(0, MAX_COMPARED - 1).some((start) => this.#contentAt(start, mark).equals(content)) ?? false;
  }

  /**
   * What a line says of the event: all that comes after its id. Before it stand the delivery's own id and time, which
   * differ when the same event comes by another path.
   */
  #contentAt(start: number, mark: string): Buffer {
    const line = this.#buffer.subarray(start, this.#buffer.indexOf(NEWLINE, start));
    return line.subarray(endOf(line.indexOf(mark), mark));
  }

  #reserve(line: string): void {
    const free = this.#buffer.length - this.#used;
    // A UTF-16 code unit takes at most three bytes of UTF-8: enough for most lines without counting.
    if (line.length * 3 < free) return;
    const needed = this.#used + Buffer.byteLength(line) + 1;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(
      Math.max(this.#buffer.length + Math.min(this.#buffer.length, LARGEST_STEP_BYTES), needed),
    );
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }
}

/** Index after `mark`, which is ASCII; 0, the whole line, when the line does not have it. */
function endOf(at: number, mark: string): number {
  return at < 0 ? 0 : at + mark.length;
}
