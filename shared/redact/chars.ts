/** Classes of characters, as tests on UTF-16 units: scanners step over a text once, which no pattern can promise. */

const DIGIT = 1;
const UPPER = 2;
const LOWER = 4;
const CLASSES = new Uint8Array(128);
for (let c = 0x30; c <= 0x39; c++) CLASSES[c] = DIGIT;
for (let c = 0x41; c <= 0x5a; c++) CLASSES[c] = UPPER;
for (let c = 0x61; c <= 0x7a; c++) CLASSES[c] = LOWER;

export function isAlnum(c: number): boolean {
  return c < 128 && CLASSES[c] !== 0;
}

/** Letters, digits, `-` and `_`: the alphabet of base64url and of most tokens. */
export function isTokenChar(c: number): boolean {
  return c < 128 && (CLASSES[c] !== 0 || c === 0x2d || c === 0x5f);
}

/** Names of flags, variables and keys: token characters and dots. */
export function isNameChar(c: number): boolean {
  return isTokenChar(c) || c === 0x2e;
}

/** Both base64 alphabets. */
export function isBase64Char(c: number): boolean {
  return isTokenChar(c) || c === 0x2b || c === 0x2f;
}

export function isSpace(c: number): boolean {
  return c === 0x20 || (c >= 0x09 && c <= 0x0d);
}

/** Of upper case, lower case and digits, how many sorts are in `text`. */
export function mixture(text: string): number {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 128) seen |= CLASSES[c]!;
  }
  return (seen & 1) + ((seen >> 1) & 1) + ((seen >> 2) & 1);
}

/** Where the run of characters of a class that begins at `from` ends. */
export function runEnd(text: string, from: number, inClass: (c: number) => boolean): number {
  let end = from;
  while (end < text.length && inClass(text.charCodeAt(end))) end++;
  return end;
}
