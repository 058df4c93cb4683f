/**
 * Classes of characters, as tables over ASCII: scanners step over a text once, which no pattern can promise. Nothing above ASCII is in
 * any class.
 */
export type CharClass = Uint8Array;

function classOf(pattern: RegExp): CharClass {
  return new Uint8Array(128).map((_, c) => (pattern.test(String.fromCharCode(c)) ? 1 : 0));
}

export const ALNUM = classOf(/[A-Za-z0-9]/);
/** Letters, digits, `-` and `_`: the alphabet of base64url and of most tokens. */
export const TOKEN = classOf(/[\w-]/);
/** Names of flags, variables and keys: token characters and dots. */
export const NAME = classOf(/[\w.-]/);
/** Both base64 alphabets. */
export const BASE64 = classOf(/[\w+/-]/);
const SPACE = classOf(/\s/);
const SORT = new Uint8Array(128).map((_, c) => {
  const char = String.fromCharCode(c);
  return /[0-9]/.test(char) ? 1 : /[A-Z]/.test(char) ? 2 : /[a-z]/.test(char) ? 4 : 0;
});

/** A class with some more characters. */
export function withChars(base: CharClass, more: string): CharClass {
  const extended = base.slice();
  for (const char of more) extended[char.charCodeAt(0)] = 1;
  return extended;
}

export function isIn(charClass: CharClass, c: number): boolean {
  return c < 128 && charClass[c] === 1;
}

/** Blanks and line ends. */
export function isSpace(c: number): boolean {
  return c < 128 && SPACE[c] === 1;
}

/** Of upper case, lower case and digits, how many sorts are in `text`. */
export function mixture(text: string): number {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 128) seen |= SORT[c]!;
  }
  return (seen & 1) + ((seen >> 1) & 1) + ((seen >> 2) & 1);
}

/** Where the run of characters of a class that begins at `from` ends. */
export function runEnd(text: string, from: number, charClass: CharClass): number {
  const length = text.length;
  let end = from;
  while (end < length) {
    const c = text.charCodeAt(end);
    if (c >= 128 || charClass[c] === 0) break;
    end++;
  }
  return end;
}

/** Where the run of characters of a class that ends before `to` begins; not before `limit`. */
export function runStart(text: string, to: number, charClass: CharClass, limit: number): number {
  const first = Math.max(0, limit);
  let start = to;
  while (start > first) {
    const c = text.charCodeAt(start - 1);
    if (c >= 128 || charClass[c] === 0) break;
    start--;
  }
  return start;
}
