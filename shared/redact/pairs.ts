import { isIn, isSpace, NAME, runStart } from "./chars.ts";
import { isSecretName, STEM } from "./names.ts";
import type { Spans } from "./spans.ts";
import { isQuote, readValue, type Value } from "./value.ts";

/** How far a name is followed to either side. */
const MAX_NAME = 64;

/** What a marker begins with; the rule in it is not a name. */
const MARKER = "[REDACTED:";

/**
 * Secrets that are written next to their name: `password=x`, `"apiKey": "x"`, `--token x`, `Authorization: Bearer x`, YAML blocks,
 * and `name: DB_PASSWORD, value: x`. Whether a name counts is decided by names.ts.
 */
export function findPairs(text: string, spans: Spans): void {
  STEM.lastIndex = 0;
  for (let match = STEM.exec(text); match !== null && spans.look(); match = STEM.exec(text)) {
    const start = runStart(text, match.index, NAME, match.index - MAX_NAME);
    const stemEnd = match.index + match[0].length;
    let end = stemEnd;
    while (end - stemEnd < MAX_NAME && isIn(NAME, text.charCodeAt(end))) end++;
    STEM.lastIndex = end;
    if (text.startsWith(MARKER, start - MARKER.length) || !isSecretName(text.slice(start, end))) continue;
    const value = valueAfter(text, start, end);
    if (value === undefined) continue;
    spans.add(value.start, value.end, "named-secret");
    STEM.lastIndex = Math.max(end, value.end);
  }
}

function valueAfter(text: string, start: number, nameEnd: number): Value | undefined {
  const name = text.slice(start, nameEnd);
  let at = nameEnd;
  while (at - nameEnd < 8 && text.charCodeAt(at) === 0x5c) at++;
  if (isQuote(text.charCodeAt(at)) || text[at] === "]") at++;
  else if (at > nameEnd) return undefined;
  const afterName = at;
  while (at - afterName < 8 && (text[at] === " " || text[at] === "\t")) at++;

  const separator = readSeparator(text, at);
  if (separator === 0) {
    if (at > afterName && name.startsWith("-")) return worth(text, name, readValue(text, at), "flag");
    return listValue(text, start, afterName);
  }
  const colon = text[at] === ":";
  at += separator;
  const afterSeparator = at;
  while (at - afterSeparator < 8 && (text[at] === " " || text[at] === "\t" || opensList(text, at))) at++;
  if (at < text.length && /\n|\r/.test(text[at]!)) return undefined;
  if (/(?:authorization|cookies?)$/i.test(name)) return headerValue(text, at);
  const prose = colon && at > afterSeparator;
  return worth(text, name, readValue(text, at), prose ? "prose" : "pair");
}

function opensList(text: string, at: number): boolean {
  return text[at] === "[" && !text.startsWith(MARKER, at);
}

/** Length of `=`, `:`, `==`, `:=`, `=>` or a percent-encoded one at `at`; 0 if there is none. */
function readSeparator(text: string, at: number): number {
  const c = text[at];
  if (c === "=" || c === ":") return text[at + 1] === "=" || (c === "=" && text[at + 1] === ">") ? 2 : 1;
  if (c === "%" && text[at + 1] === "3" && /[dDaA]/.test(text[at + 2] ?? "")) return 3;
  return 0;
}

/** `Basic x`, `Bearer x`: the scheme stays. Cookies have several values: all of the line. */
function headerValue(text: string, from: number): Value | undefined {
  let start = from;
  while (start - from < 8 && text.charCodeAt(start) === 0x5c) start++;
  const quote = isQuote(text.charCodeAt(start)) ? text[start++] : undefined;
  const scheme = /^(?:basic|bearer|token|digest|negotiate|apikey|key|aws4-hmac-sha256) {1,8}/i.exec(
    text.slice(start, start + 32),
  );
  if (scheme !== null) start += scheme[0].length;
  let end = start;
  while (end < text.length) {
    const c = text[end]!;
    if (c === "\n" || c === "\r" || c === quote || (quote === undefined && (c === '"' || c === "'" || c === "`")))
      break;
    if (c === "\\") break;
    end++;
  }
  return end > start ? { start, end, quoted: true } : undefined;
}

/** `{"name":"DB_PASSWORD","value":"x"}` and the same in YAML: the value stands under a key of its own. */
function listValue(text: string, nameStart: number, afterName: number): Value | undefined {
  const before = text.slice(Math.max(0, nameStart - 24), nameStart);
  if (!/(?:name|key)[\\"']{0,9}\s{0,4}[:=]\s{0,4}[\\"']{0,9}$/i.test(before)) return undefined;
  const after = /^[\s,;\\"'-]{0,48}value[\\"']{0,9}\s{0,4}[:=]\s{0,4}/i.exec(text.slice(afterName, afterName + 96));
  return after === null ? undefined : worth(text, "", readValue(text, afterName + after[0].length), "pair");
}

/** What stands behind a field's path in messages of the API server (field.Error): not a value. */
const FIELD_ERROR =
  /^(?:Invalid|Unsupported|Duplicate|Required|Not found|Forbidden|Too long|Too many|Internal error)\b/;
const NOTHING = /^(?:true|false|null|nil|none|yes|no|on|off|undefined|<[a-z]{1,16}>|\*{1,16}|)$/i;
/** A reference to where the value comes from: `$(NAME)`, `${NAME}`, `$NAME`, `{{ .Values.x }}`. */
const REFERENCE =
  /^(?:\$\([A-Za-z_][\w.]{0,64}\)|\$\{[A-Za-z_][\w.]{0,64}\}|\$[A-Z_][A-Z0-9_]{0,64}|\{\{.{0,128}\}\})$/;

/**
 * The value, if it is one: no switch, no reference, no count, and in running text not just the next word. Long ones always
 * are: what is refused here is read again from inside, and that must stay short.
 */
function worth(text: string, name: string, value: Value | undefined, as: "flag" | "pair" | "prose"): Value | undefined {
  if (value === undefined) return undefined;
  const found = text.slice(value.start, value.start + 160);
  const word = value.end - value.start > 160 ? "long" : found.slice(0, value.end - value.start);
  if (as === "prose" && FIELD_ERROR.test(text.slice(value.start, value.start + 16))) return undefined;
  if (NOTHING.test(word) || REFERENCE.test(word)) return undefined;
  if (!value.quoted && /^[{[|>]/.test(word) && !word.startsWith("[REDACTED:")) return undefined;
  if (as === "flag" && !value.quoted && word.startsWith("-")) return undefined;
  if (/pwd$/i.test(name) && word.startsWith("/")) return undefined;
  if (/(?:secrets|tokens)$/i.test(name) && /^\d{1,9}[kKMG]?$/.test(word)) return undefined;
  const isWord = as === "prose" && !value.quoted && /^[A-Za-z]{1,32}$/.test(word) && !/pass|pwd/i.test(name);
  if (isWord && isSpace(text.charCodeAt(value.end)) && /[A-Za-z"]/.test(text[value.end + 1] ?? "")) return undefined;
  return value;
}
