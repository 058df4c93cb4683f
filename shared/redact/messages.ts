import { isSpace } from "./chars.ts";
import type { Spans } from "./spans.ts";

const QUOTES_VALUE = /(?:Invalid value|Unsupported value|Duplicate value|Not found): /g;
/** Values that say nothing: ports, counts, switches. */
const HARMLESS =
  /^(?:-?\d{1,5}|true|false|null|nil|\[\]|\{\}|""|"(?:null|string|integer|number|boolean|object|array)")(?=[:,\s\]]|$)/;

/**
 * Values that the API server quotes when it refuses them (field.Error in k8s.io/apimachinery: a Go string, or for other types a dump
 * of the value). The field before and the explanation after a quoted string stay; a dump goes to the end of the text.
 */
export function findQuotedValues(text: string, spans: Spans): void {
  QUOTES_VALUE.lastIndex = 0;
  for (let match = QUOTES_VALUE.exec(text); match !== null && spans.look(); match = QUOTES_VALUE.exec(text)) {
    const start = match.index + match[0].length;
    let open = start;
    while (open - start < 8 && text[open] === "\\") open++;
    if (HARMLESS.test(text.slice(start, start + 24))) continue;
    const end = text[open] === '"' ? closingQuote(text, open, open - start) : text.length;
    const from = text[open] === '"' ? open + 1 : start;
    spans.add(from, end, "quoted-value");
    QUOTES_VALUE.lastIndex = end;
  }
}

/** Index of the quote that ends a Go or JSON string that opens at `open` behind `escapes` backslashes. */
function closingQuote(text: string, open: number, escapes: number): number {
  let backslashes = 0;
  for (let i = open + 1; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) backslashes++;
    else {
      if (c === 0x22 && (escapes === 0 ? backslashes % 2 === 0 : backslashes <= escapes))
        return i - (escapes === 0 ? 0 : backslashes);
      backslashes = 0;
    }
  }
  return text.length;
}

const DUMP =
  /(?:core|apps|batch)\.[A-Z][A-Za-z]{2,40}\{|v1\.(?:Pod|Container|EnvVar|Secret|Volume|Object)[A-Za-z]{0,40}\{|map\[string\](?:interface ?\{\}|string|\[\]byte|any)\{/g;

/**
 * Dumps and diffs of Go structures: a refused pod update appends the whole PodSpec, environment included. From there to the end
 * of the text goes.
 */
export function findDumps(text: string, spans: Spans): void {
  DUMP.lastIndex = 0;
  const match = DUMP.exec(text);
  if (match === null) return;
  let start = match.index;
  while (start > 0 && (isSpace(text.charCodeAt(start - 1)) || "&*+-[]".includes(text[start - 1]!))) start--;
  spans.add(start, text.length, "object-dump");
}

const MANIFEST = /kind["'\\]{0,9}\s{0,4}:\s{0,4}["'\\]{0,9}Secret(?:List)?(?![A-Za-z])/;
const DATA = /(?:string)?data["'\\]{0,9}\s{0,4}:/i;

/** A Secret's manifest inside a text that is not JSON by itself (YAML, a here-document, a log line): all of the text goes. */
export function findManifests(text: string, spans: Spans): void {
  if (MANIFEST.test(text) && DATA.test(text)) spans.add(0, text.length, "secret-manifest");
}

const CIPHERTEXT = /ENC\[AES256_GCM,[^\]]{0,65536}\]?/g;

/** Values encrypted by SOPS: an attacker with time could work on them. */
export function findCiphertexts(text: string, spans: Spans): void {
  for (const match of text.matchAll(CIPHERTEXT)) spans.add(match.index, match.index + match[0].length, "ciphertext");
}
