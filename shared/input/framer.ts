import { isUtf8 } from "node:buffer";
import type { RejectReason } from "../adapter.ts";
import { parseJson } from "../json.ts";
import type { Framed } from "./framed.ts";
import { MAX_RECORD_BYTES } from "./framed.ts";
import { countNewlines, trimEnd } from "./lines.ts";
import { ValueScanner } from "./scanner.ts";

/** Of a record that is too large only this much is kept for quarantine. */
const KEPT_OF_OVERSIZE_BYTES = 64 * 1024;

const NEWLINE = 10;
const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;

/**
 * Cuts a byte stream into records: NDJSON (the fast path: one line, one `JSON.parse`), pretty-printed and concatenated
 * JSON, arrays of any length (their elements are the records), CRLF, byte order marks, lines that are not JSON.
 * Memory: one record, at most {@link MAX_RECORD_BYTES}, and one chunk.
 */
export class Framer {
  #buffer: Buffer = Buffer.allocUnsafe(256 * 1024);
  #start = 0;
  #end = 0;
  #line = 1;
  #number = 0;
  /** Where the search for a newline, or the value scanner, goes on. */
  #seen = 0;
  #scanner: ValueScanner | undefined;
  /** Where the scanner stopped because the bytes are not JSON; the record's end is still looked for. */
  #broken: { at: number; reason: RejectReason } | undefined;
  /** Up to this index JSON.parse of a line has failed before: use the scanner. */
  #slowUntil = 0;
  #inArray = false;
  #afterElement = false;
  #discarding = false;
  readonly #maxRecordBytes: number;

  constructor(maxRecordBytes: number = MAX_RECORD_BYTES) {
    this.#maxRecordBytes = maxRecordBytes;
  }

  /** Bytes of the record that is being read. */
  get #pending(): number {
    return this.#end - this.#start;
  }

  /** Records yielded so far. */
  get records(): number {
    return this.#number;
  }

  /** Takes the next bytes and yields the records that they complete. */
  *push(chunk: Uint8Array): Generator<Framed> {
    this.#append(chunk);
    yield* this.#drain(false);
  }

  /** Yields what the end of the input completes or leaves torn. */
  *finish(): Generator<Framed> {
    yield* this.#drain(true);
    if (this.#inArray) yield this.#reject("not-json", 0, "the array that encloses the records is not closed");
  }

  *#drain(final: boolean): Generator<Framed> {
    for (;;) {
      if (this.#discarding && !this.#discardLine()) return;
      const between = this.#scanner === undefined && this.#broken === undefined;
      if (between && !this.#skipBetweenRecords()) return;
      const framed =
        this.#broken !== undefined
          ? this.#brokenRecord(this.#broken, final)
          : this.#scanner === undefined
            ? this.#nextLine(final)
            : this.#scanValue(final);
      if (framed === undefined) {
        if (final || this.#pending <= this.#maxRecordBytes) return;
        yield this.#tooLarge();
      } else if (framed !== "again") yield framed;
    }
  }

  /** Moves to the first byte of the next record; false when there is none yet. */
  #skipBetweenRecords(): boolean {
    const bytes = this.#buffer;
    while (this.#start < this.#end) {
      const byte = bytes[this.#start]!;
      if (byte === NEWLINE) this.#line++;
      else if (byte === 0xef && bytes[this.#start + 1] === 0xbb && bytes[this.#start + 2] === 0xbf) this.#start += 2;
      else if (this.#inArray && byte === 44 && this.#afterElement) this.#afterElement = false;
      else if (this.#inArray && byte === 93) this.#inArray = false;
      else if (byte !== 32 && byte !== 13 && byte !== 9) {
        this.#seen = Math.max(this.#seen, this.#start);
        return true;
      }
      this.#start++;
    }
    return false;
  }

  /** The record at `#start` if its line is whole: parsed, text, or handed to the scanner. */
  #nextLine(final: boolean): Framed | "again" | undefined {
    const first = this.#buffer[this.#start]!;
    if (first === OPEN_BRACKET && !this.#inArray) {
      const opened = this.#openArray(final);
      if (opened !== "text") return opened;
    }
    const end = this.#newlineAfter(this.#seen);
    if (end === this.#end && !final) {
      // The whole of a large unfinished line is not searched again for every chunk.
      this.#seen = this.#end;
      if (!(first === OPEN_BRACE || this.#inArray)) return undefined;
      if (this.#pending < SCAN_UNFINISHED_LINE_BYTES) return undefined;
      return this.#startScanner();
    }
    if (first === 0) return this.#rejectNuls(end);
    if (first !== OPEN_BRACE && !this.#inArray) return this.#textLine(end);
    if (first === OPEN_BRACE && this.#start >= this.#slowUntil) {
      const value = this.#parseLine(end);
      if (value !== undefined) return value;
      this.#slowUntil = end;
    }
    return this.#startScanner();
  }

  #startScanner(): "again" {
    this.#scanner = new ValueScanner();
    this.#seen = this.#start;
    return "again";
  }

  /** An array's elements are records; `text` when the line only looks like an array (`[INFO] ...`). */
  #openArray(final: boolean): "again" | "text" | Framed | undefined {
    let at = this.#start + 1;
    while (at < this.#end && this.#buffer[at]! <= 32 && this.#buffer[at] !== 0) at++;
    if (at === this.#end && !final) return undefined;
    const next = this.#buffer[at];
    if (next === 93) return this.#emitValue([], at + 1);
    if (next !== OPEN_BRACE && next !== OPEN_BRACKET) return "text";
    this.#inArray = true;
    this.#afterElement = false;
    this.#start++;
    return "again";
  }

  /** One line that may be exactly one value: the case that has to be fast. */
  #parseLine(lineEnd: number): Framed | undefined {
    let end = trimEnd(this.#buffer, this.#start, lineEnd);
    if (this.#inArray && this.#buffer[end - 1] === 44) end = trimEnd(this.#buffer, this.#start, end - 1);
    if (this.#buffer[end - 1] !== 125) return undefined;
    const slice = this.#buffer.subarray(this.#start, end);
    if (!isUtf8(slice)) return undefined;
    try {
      return this.#emitValue(parseJson(slice.toString("utf8")), end);
    } catch {
      return undefined;
    }
  }

  #textLine(lineEnd: number): Framed {
    const end = trimEnd(this.#buffer, this.#start, lineEnd);
    return this.#emitText(end);
  }

  #scanValue(final: boolean): Framed | "again" | undefined {
    const scanned = this.#scanner!.scan(this.#buffer, this.#seen, this.#end);
    if (scanned.state === "more" && !final) {
      this.#seen = this.#end;
      return undefined;
    }
    this.#scanner = undefined;
    if (scanned.state === "done") {
      const slice = this.#buffer.subarray(this.#start, scanned.end);
      if (!isUtf8(slice)) return this.#reject("invalid-utf8", slice.length);
      try {
        return this.#emitValue(parseJson(slice.toString("utf8")), scanned.end);
      } catch (error) {
        this.#broken = { at: scanned.end, reason: error instanceof RangeError ? "too-deep" : "not-json" };
        return "again";
      }
    }
    this.#broken = scanned.state === "broken" ? scanned : { at: this.#end, reason: "not-json" };
    return "again";
  }

  /**
   * The record at `#start` is not JSON. It ends before the next line that can start a record (column 0, bracket), or
   * with the line on which the bytes stopped being JSON, together with the indented lines after it.
   */
  #brokenRecord({ at, reason }: { at: number; reason: RejectReason }, final: boolean): Framed | undefined {
    let end = this.#newlineAfter(this.#start);
    while (end < this.#end) {
      if (end + 1 === this.#end && !final) return undefined;
      const next = this.#buffer[end + 1];
      const startsRecord = next === OPEN_BRACE || next === OPEN_BRACKET;
      const continues = next === 32 || next === 9 || next === 125 || next === 93;
      if (startsRecord || (end >= at && !continues)) break;
      end = this.#newlineAfter(end + 1);
    }
    if (end === this.#end && !final) return undefined;
    this.#broken = undefined;
    this.#slowUntil = 0;
    const stop = trimEnd(this.#buffer, this.#start, end);
    // Text that only failed to parse may be a cut event: the adapter and the salvager see it.
    return reason === "too-deep" ? this.#reject(reason, stop - this.#start) : this.#emitText(stop);
  }

  /** Index of the next newline from `from` on, or the end of what has arrived. */
  #newlineAfter(from: number): number {
    const found = this.#buffer.indexOf(NEWLINE, from);
    return found < 0 || found >= this.#end ? this.#end : found;
  }

  #rejectNuls(end: number): Framed {
    let at = this.#start;
    while (at < end && this.#buffer[at] === 0) at++;
    return this.#reject(
      "not-json",
      at - this.#start,
      "NUL bytes (a log file that was truncated while open leaves them)",
    );
  }

  #tooLarge(): Framed {
    const kept = Buffer.from(this.#buffer.subarray(this.#start, this.#start + KEPT_OF_OVERSIZE_BYTES));
    const size = this.#pending;
    this.#scanner = undefined;
    this.#broken = undefined;
    this.#discarding = true;
    this.#start = this.#end;
    this.#seen = this.#end;
    this.#number++;
    return {
      kind: "reject",
      reason: "too-large",
      hint: `one record is larger than ${this.#maxRecordBytes} bytes`,
      number: this.#number,
      line: this.#line,
      bytes: size,
      raw: () => kept,
    };
  }

  /** Passes over the rest of a record that was too large: up to the next line. */
  #discardLine(): boolean {
    this.#start = this.#newlineAfter(this.#start);
    this.#seen = this.#start;
    this.#discarding = this.#start === this.#end;
    return !this.#discarding;
  }

  #emitValue(value: unknown, end: number): Framed {
    return { kind: "value", value, ...this.#advance(end) };
  }

  #emitText(end: number): Framed {
    const slice = this.#buffer.subarray(this.#start, end);
    if (!isUtf8(slice)) return this.#reject("invalid-utf8", slice.length);
    return { kind: "text", text: slice.toString("utf8"), ...this.#advance(end) };
  }

  #reject(reason: RejectReason, length: number, hint?: string): Framed {
    const head = this.#advance(this.#start + length);
    return hint === undefined ? { kind: "reject", reason, ...head } : { kind: "reject", reason, hint, ...head };
  }

  /** Takes the bytes up to `end` as the next record. */
  #advance(end: number): { number: number; line: number; bytes: number; raw: () => Uint8Array } {
    const slice = this.#buffer.subarray(this.#start, end);
    const line = this.#line;
    this.#line += countNewlines(slice);
    this.#start = end;
    this.#seen = end;
    this.#afterElement = true;
    this.#number++;
    // The buffer is reused: `raw` is good until the next push, and copies.
    return { number: this.#number, line, bytes: slice.length, raw: () => Buffer.from(slice) };
  }

  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const pending = this.#pending;
      const wanted = pending + chunk.length;
      const target =
        wanted > this.#buffer.length ? Buffer.allocUnsafe(Math.max(wanted, this.#buffer.length * 2)) : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#seen -= this.#start;
      this.#slowUntil = Math.max(0, this.#slowUntil - this.#start);
      if (this.#broken !== undefined) this.#broken = { ...this.#broken, at: this.#broken.at - this.#start };
      this.#buffer = target;
      this.#start = 0;
      this.#end = pending;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }
}

/** An unfinished line longer than this may be a document without newlines: its first values are looked for at once. */
const SCAN_UNFINISHED_LINE_BYTES = 1024 * 1024;
