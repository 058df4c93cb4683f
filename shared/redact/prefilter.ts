import { mixture } from "./chars.ts";

/**
 * One pass over a string that says which detectors are worth running on it. Nearly every string of an audit event
 * answers "none", so this loop is what redaction costs: an Aho-Corasick automaton (letters of either case are one)
 * over the literals that the detectors need, about 2 ns a character and independent of how many literals there are.
 */

export interface Literals {
  /** Up to 28 groups of literals; group i answers with bit i. Lower case. */
  readonly groups: readonly (readonly string[])[];
}

/** The string may be a JSON document: it starts and ends like one. */
export const JSON_TEXT = 1 << 28;
/** The string has a stretch that reads like base64 of text or of gzip. */
export const BASE64_TEXT = 1 << 29;
/** The string has 16 letters and digits in a row, of upper case, lower case and digits, as random text has. */
export const RANDOM_TEXT = 1 << 30;

const WIDTH = 64; // classes of characters; a state's row in the table
const BREAK = 128; // class flag: neither letter nor digit
const RUN = 16; // letters and digits in a row that are worth a look

export type Prefilter = (text: string) => number;

export function createPrefilter(literals: Literals): Prefilter {
  const { classes, table, outputs } = build(literals);
  return (text) => {
    const length = text.length;
    let mask = looksLikeJson(text) ? JSON_TEXT : 0;
    let state = 0;
    let run = 0;
    for (let i = 0; i < length; i++) {
      const c = classes[text.charCodeAt(i)]!;
      run = (run + 1) & ((c >> 7) - 1); // zero at a break, without a branch
      if (run === RUN) mask |= lookAtRun(text, i + 1 - RUN);
      state = table[state + (c & (WIDTH - 1))]!;
      if ((state & 1) !== 0) {
        state ^= 1;
        mask |= outputs[state / WIDTH]!;
      }
    }
    return mask;
  };
}

function looksLikeJson(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first !== 0x7b && first !== 0x5b && first > 0x20) return false;
  return /^\s{0,64}(?:\{\s{0,64}["}]|\[\s{0,64}["{[\]\d])/.test(text) && /[}\]]\s{0,64}$/.test(text.slice(-65));
}

const SEXTET = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) {
  SEXTET["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i)] = i;
}
SEXTET[0x2d] = 62; // base64url
SEXTET[0x5f] = 63;

/** The 6 bits of a base64 or base64url character, -1 for any other. */
export function sextet(code: number): number {
  return code < 128 ? SEXTET[code]! : -1;
}

/** The run may begin inside base64 (behind a `/`), so all four ways to divide it are tried. */
function lookAtRun(text: string, start: number): number {
  let mask = mixture(text.slice(start, start + RUN)) === 3 ? RANDOM_TEXT : 0;
  for (let offset = 0; offset < 4; offset++) {
    if (startsLikeText(text, start + offset)) mask |= BASE64_TEXT;
  }
  return mask;
}

/** Whether the 8 base64 characters at `at` decode to the start of a text or of gzip; random ones do so once in 300. */
export function startsLikeText(text: string, at: number): boolean {
  for (let i = 0; i < 8; i += 4) {
    const a = sextet(text.charCodeAt(at + i));
    const b = sextet(text.charCodeAt(at + i + 1));
    const c = sextet(text.charCodeAt(at + i + 2));
    const d = sextet(text.charCodeAt(at + i + 3));
    if ((a | b | c | d) < 0) return false;
    const bits = (a << 18) | (b << 12) | (c << 6) | d;
    if (i === 0 && (bits === 0x1f8b08 || bits === 0xefbbbf)) return true;
    if (!printable(bits >> 16) || !printable((bits >> 8) & 0xff) || !printable(bits & 0xff)) return false;
  }
  return true;
}

function printable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

interface Automaton {
  /** Class of each UTF-16 unit, with the BREAK flag. */
  classes: Uint8Array;
  /** Row and class to next row; the lowest bit says that the row is an output. */
  table: Uint16Array;
  /** Mask of each state. */
  outputs: Int32Array;
}

function build({ groups }: Literals): Automaton {
  const next: Map<string, number>[] = [new Map()];
  const out: number[] = [0];
  groups.forEach((group, bit) => {
    for (const literal of group) {
      let state = 0;
      for (const char of literal) {
        let to = next[state]!.get(char);
        if (to === undefined) {
          to = next.length;
          next.push(new Map());
          out.push(0);
          next[state]!.set(char, to);
        }
        state = to;
      }
      out[state]! |= 1 << bit;
    }
  });
  const chars = [...new Set(groups.flat().join(""))];
  if (chars.length >= WIDTH || next.length >= 1024) throw new Error("prefilter: too many literals for its table");

  const table = new Uint16Array(next.length * WIDTH);
  const fail = new Array<number>(next.length).fill(0);
  const queue = [0];
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head]!;
    if (state !== 0) out[state]! |= out[fail[state]!]!;
    for (let c = 1; c <= chars.length; c++) {
      const child = next[state]!.get(chars[c - 1]!);
      const fallback = state === 0 ? 0 : table[fail[state]! * WIDTH + c]! / WIDTH;
      if (child === undefined) {
        table[state * WIDTH + c] = fallback * WIDTH;
      } else {
        fail[child] = fallback;
        table[state * WIDTH + c] = child * WIDTH;
        queue.push(child);
      }
    }
  }
  for (let i = 0; i < table.length; i++) if (out[table[i]! / WIDTH] !== 0) table[i]! |= 1;

  const classes = new Uint8Array(65536).fill(BREAK);
  for (let code = 0; code < 128; code++) if (/[A-Za-z0-9]/.test(String.fromCharCode(code))) classes[code] = 0;
  chars.forEach((char, i) => {
    classes[char.charCodeAt(0)]! |= i + 1;
    const upper = char.toUpperCase();
    if (upper !== char) classes[upper.charCodeAt(0)]! |= i + 1;
  });
  return { classes, table, outputs: Int32Array.from(out) };
}
