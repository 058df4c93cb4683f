import { isIn, isSpace, NAME } from "./chars.ts";

/** A value after a name and a separator: where it is, and where to go on. */
export interface Value {
  start: number;
  end: number;
  quoted: boolean;
}

const BACKSLASH = 0x5c;

/** Whether `c` can open a quoted value. */
export function isQuote(c: number): boolean {
  return c === 0x22 || c === 0x27 || c === 0x60;
}

/**
 * Reads the value that begins at `from`: quoted (also with escaped quotes, as in JSON inside JSON), a YAML block scalar,
 * or a bare word. Undefined if there is none.
 */
export function readValue(text: string, from: number): Value | undefined {
  let at = from;
  while (at - from < 8 && text.charCodeAt(at) === BACKSLASH) at++;
  if (isQuote(text.charCodeAt(at))) return quoted(text, at, at - from);
  if (at > from) return undefined;
  const c = text.charCodeAt(from);
  if (c === 0x7c || c === 0x3e) {
    const block = blockScalar(text, from);
    if (block !== undefined) return block;
  }
  return bare(text, from);
}

/** Up to the next quote that is escaped no deeper than the opening one; without one, to the end of the line. */
function quoted(text: string, open: number, escapes: number): Value {
  const quote = text.charCodeAt(open);
  let backslashes = 0;
  for (let i = open + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === BACKSLASH) backslashes++;
    else {
      const closes = escapes === 0 ? backslashes % 2 === 0 : backslashes <= escapes;
      if (c === quote && closes) return { start: open + 1, end: i - (escapes === 0 ? 0 : backslashes), quoted: true };
      if (c === 0x0a && escapes > 0) return { start: open + 1, end: i, quoted: true };
      backslashes = 0;
    }
  }
  return { start: open + 1, end: text.length, quoted: true };
}

/** Lines after `|` or `>` that are blank or indented deeper than the line with the key (YAML 1.2, 8.1). */
function blockScalar(text: string, from: number): Value | undefined {
  let at = from + 1;
  while (at - from < 4 && (text[at] === "-" || text[at] === "+" || /\d/.test(text[at] ?? ""))) at++;
  while (text[at] === " " || text[at] === "\r") at++;
  if (text[at] !== "\n") return undefined;
  const indent = indentAt(text, text.lastIndexOf("\n", from) + 1);
  const start = at + 1;
  let end = start;
  while (end < text.length) {
    const lineEnd = text.indexOf("\n", end);
    const stop = lineEnd < 0 ? text.length : lineEnd;
    const lineIndent = indentAt(text, end);
    if (end + lineIndent < stop && lineIndent <= indent) break;
    end = stop + 1;
  }
  const lead = indentAt(text, start);
  end = Math.min(end, text.length);
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return { start: Math.min(start + lead, end), end, quoted: true };
}

function indentAt(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === " ") at++;
  return at - lineStart;
}

/**
 * A bare word ends at a blank or a quote; at `,`, `;` and `&` if another pair or a blank follows (they can be part of a password);
 * closing brackets and full stops at its end are the text's.
 */
function bare(text: string, from: number): Value | undefined {
  if (text.startsWith("[REDACTED:", from)) {
    const close = text.indexOf("]", from);
    if (close >= 0) return { start: from, end: close + 1, quoted: false };
  }
  let end = from;
  for (; end < text.length; end++) {
    const c = text.charCodeAt(end);
    if (isSpace(c) || isQuote(c)) break;
    if ((c === 0x2c || c === 0x3b || c === 0x26) && endsPair(text, end + 1)) break;
    if (c === BACKSLASH && (text[end + 1] === "n" || text[end + 1] === "r" || isQuote(text.charCodeAt(end + 1)))) break;
  }
  while (end > from && /[)}\],.;]/.test(text[end - 1]!)) end--;
  if (text[from] === "$" && /[)}]/.test(text[end] ?? "")) end++;
  return end > from ? { start: from, end, quoted: false } : undefined;
}

const MAX_NAME = 64;

function endsPair(text: string, at: number): boolean {
  if (at >= text.length || isSpace(text.charCodeAt(at))) return true;
  let end = at;
  while (end - at < MAX_NAME && isIn(NAME, text.charCodeAt(end))) end++;
  return end > at && (text[end] === "=" || text[end] === ":");
}
