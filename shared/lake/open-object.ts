import { eventsDigest, objectName } from "./object-name.ts";

const NEWLINE = 10;
const FIRST_CAPACITY_BYTES = 16 * 1024;

/**
 * Lines on their way to one object. They are written into one buffer that doubles, because a string held until the
 * object is full costs a heap object per line and a second copy when it is joined.
 */
export class OpenObject {
  readonly partition: string;
  readonly #ids = new Set<string>();
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

  get count(): number {
    return this.#ids.size;
  }

  /** Events that came again after they were inside. */
  get repeats(): number {
    return this.#repeats;
  }

  /** `line` is JSON without a line break. An event whose id is inside is counted as a repeat and not written. */
  add(eventId: string, time: string, line: string): void {
    const before = this.#ids.size;
    this.#ids.add(eventId);
    if (this.#ids.size === before) {
      this.#repeats++;
      return;
    }
    if (before === 0) this.#firstTime = time;
    this.#reserve(line);
    this.#used += this.#buffer.write(line, this.#used, "utf8");
    this.#buffer[this.#used++] = NEWLINE;
  }

  name(): string {
    return objectName(this.#firstTime, this.#ids.size, eventsDigest(this.#ids));
  }

  /** The NDJSON so far: a view, valid until the next line or the next use of {@link buffer}. */
  text(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  get buffer(): Buffer {
    return this.#buffer;
  }

  #reserve(line: string): void {
    const free = this.#buffer.length - this.#used;
    // A UTF-16 code unit takes at most three bytes of UTF-8: enough for most lines without counting.
    if (line.length * 3 < free) return;
    const needed = this.#used + Buffer.byteLength(line) + 1;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, needed));
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }
}
