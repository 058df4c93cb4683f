/**
 * Finds the end of one JSON value in bytes that arrive piece by piece, without parsing it: brackets, strings, and just
 * enough grammar to notice early that the bytes are not JSON. A cut line of NDJSON is thus told from the first line of
 * a pretty-printed document after one line more, not after the whole file.
 */

/**
 * Deeper documents are refused: every reader behind us recurses. It also bounds how far a line that only opens
 * brackets can make the scanner look ahead: 20,000 such lines take under a second, at 5,000 levels they took four.
 */
export const MAX_DEPTH = 1_000;

export type ScanResult =
  | { readonly state: "more" }
  /** `end`: index after the value's last byte. */
  | { readonly state: "done"; readonly end: number }
  /** `at`: index of the first byte that cannot belong to a JSON value. */
  | { readonly state: "broken"; readonly at: number; readonly reason: "not-json" | "too-deep" };

// What may come next inside the open container.
const VALUE = 0; // a value must come (after `:`, or after `,` in an array)
const VALUE_OR_END = 1; // just after `[`
const KEY = 2; // after `,` in an object
const KEY_OR_END = 3; // just after `{`
const AFTER_KEY = 4;
const AFTER_VALUE = 5;

export class ValueScanner {
  /** One entry for each open container: true for an object. */
  readonly #stack: boolean[] = [];
  #expect = VALUE;
  #inString = false;
  #escaped = false;
  #inWord = false;

  /** Scans `bytes[from..to)`; the next call goes on at `to`. A top-level value must be an object, an array or a string. */
  scan(bytes: Uint8Array, from: number, to: number): ScanResult {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === 92) this.#escaped = true;
        else if (byte === 34) {
          this.#inString = false;
          if (this.#stack.length === 0) return { state: "done", end: at + 1 };
        } else if (byte < 32) return { state: "broken", at, reason: "not-json" };
        continue;
      }
      if (byte === 32 || byte === 10 || byte === 13 || byte === 9) {
        this.#inWord = false;
        continue;
      }
      const step = this.#step(byte);
      if (step === DONE) return { state: "done", end: at + 1 };
      if (step === BROKEN) return { state: "broken", at, reason: "not-json" };
      if (this.#stack.length > MAX_DEPTH) return { state: "broken", at, reason: "too-deep" };
    }
    return { state: "more" };
  }

  #step(byte: number): number {
    const expect = this.#expect;
    switch (byte) {
      case 34: // "
        this.#inWord = false;
        if (expect === KEY || expect === KEY_OR_END) this.#expect = AFTER_KEY;
        else if (expect === VALUE || expect === VALUE_OR_END) this.#expect = AFTER_VALUE;
        else return BROKEN;
        this.#inString = true;
        return GO_ON;
      case 123: // {
      case 91: // [
        if (expect !== VALUE && expect !== VALUE_OR_END) return BROKEN;
        this.#stack.push(byte === 123);
        this.#expect = byte === 123 ? KEY_OR_END : VALUE_OR_END;
        return GO_ON;
      case 125: // }
      case 93: // ]
        return this.#close(byte === 125);
      case 44: // ,
        this.#inWord = false;
        if (expect !== AFTER_VALUE) return BROKEN;
        this.#expect = this.#stack.at(-1) === true ? KEY : VALUE;
        return GO_ON;
      case 58: // :
        if (expect !== AFTER_KEY) return BROKEN;
        this.#expect = VALUE;
        return GO_ON;
      default:
        return this.#word(byte);
    }
  }

  #close(object: boolean): number {
    this.#inWord = false;
    const open = this.#stack.pop();
    const may = this.#expect === AFTER_VALUE || this.#expect === (object ? KEY_OR_END : VALUE_OR_END);
    if (open !== object || !may) return BROKEN;
    this.#expect = AFTER_VALUE;
    return this.#stack.length === 0 ? DONE : GO_ON;
  }

  /** Letters, digits and signs of numbers, true, false, null; JSON.parse checks their spelling later. */
  #word(byte: number): number {
    if (this.#inWord) return GO_ON;
    const starts = (byte >= 48 && byte <= 57) || byte === 45 || byte === 116 || byte === 102 || byte === 110;
    if (!starts || (this.#expect !== VALUE && this.#expect !== VALUE_OR_END) || this.#stack.length === 0) return BROKEN;
    this.#expect = AFTER_VALUE;
    this.#inWord = true;
    return GO_ON;
  }
}

const GO_ON = 0;
const DONE = 1;
const BROKEN = 2;
