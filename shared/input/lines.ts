const NEWLINE = 10;

/** Index after the last byte of `bytes[start..end)` that is not white space. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === 32 || bytes[at - 1] === 13 || bytes[at - 1] === 10 || bytes[at - 1] === 9))
    at--;
  return at;
}

/** Newlines in `bytes`. */
export function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
