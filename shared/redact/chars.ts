/** Classes of characters, as tests on UTF-16 units: scanners step over a text once, which no pattern can promise. */

const DIGIT = 1;
const UPPER = 2;
const LOWER = 4;
const TOKEN = 8;
const NAME = 16;
const BASE64 = 32;
const SPACE = 64;
const ALNUM = DIGIT | UPPER | LOWER;

const CLASSES = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const char = String.fromCharCode(c);
  if (/[0-9]/.test(char)) CLASSES[c]! |= DIGIT;
  if (/[A-Z]/.test(char)) CLASSES[c]! |= UPPER;
  if (/[a-z]/.test(char)) CLASSES[c]! |= LOWER;
  if (/[\w-]/.test(char)) CLASSES[c]! |= TOKEN;
  if (/[\w.-]/.test(char)) CLASSES[c]! |= NAME;
  if (/[\w+/-]/.test(char)) CLASSES[c]! |= BASE64;
  if (/\s/.test(char)) CLASSES[c]! |= SPACE;
}

export function isAlnum(c: number): boolean {
  return c < 128 && (CLASSES[c]! & ALNUM) !== 0;
}

/** Letters, digits, `-` and `_`: the alphabet of base64url and of most tokens. */
export function isTokenChar(c: number): boolean {
  return c < 128 && (CLASSES[c]! & TOKEN) !== 0;
}

/** Names of flags, variables and keys: token characters and dots. */
export function isNameChar(c: number): boolean {
  return c < 128 && (CLASSES[c]! & NAME) !== 0;
}

/** Both base64 alphabets. */
export function isBase64Char(c: number): boolean {
  return c < 128 && (CLASSES[c]! & BASE64) !== 0;
}

/** Blanks and line ends of ASCII. */
export function isSpace(c: number): boolean {
  return c < 128 && (CLASSES[c]! & SPACE) !== 0;
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
