import { gunzipSync, gzipSync } from "node:zlib";

/**
 * The planted secret. Lower-case letters only: nothing about it looks like a key or a token, so that it is found and
 * taken out for where it stands and not for what it looks like. It holds no encoding's special characters, and it is
 * long enough for base64 of base64 of it to have a fixed middle however it is aligned.
 */
export const CANARY = "correcthorsecanaryhunter";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** Ways in which people and programs write the same text. */
export const ENCODINGS = {
  plain: (text: string) => text,
  base64: (text: string) => base64(text),
  base64url: (text: string) => Buffer.from(text).toString("base64url"),
  "double base64": (text: string) => base64(base64(text)),
  hex: (text: string) => Buffer.from(text).toString("hex"),
  percent: (text: string) => Buffer.from(text).toString("hex").replace(/../g, "%$&"),
  "JSON-escaped": (text: string) => JSON.stringify(JSON.stringify({ note: text })),
  /** A JSON document in which every character is an escape. */
  "\\u in JSON": (text: string) => `{"note":"${escapes(text)}"}`,
  /** The bytes of the record itself are escaped: see {@link onTheWire}. */
  "\\u on the wire": (text: string) => text,
  "YAML block": (text: string) => `note: |\n${text.replace(/^/gm, "  ")}\n`,
  "gzip+base64": (text: string) => gzipSync(text).toString("base64"),
} as const;

export type Encoding = keyof typeof ENCODINGS;
export const ENCODING_NAMES = Object.keys(ENCODINGS) as Encoding[];

/** JSON text with the canary in it written in escapes, as `\u0063` for `c`: another text, the same value. */
export function onTheWire(json: string): string {
  return json.replaceAll(CANARY, escapes(CANARY));
}

function escapes(text: string): string {
  return [...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

/** What base64 of any text around `inner` has in common, for each of the three ways it can be aligned. */
function insideBase64(inner: string): string[] {
  return [0, 1, 2].map((before) => {
    const text = base64("x".repeat(before) + inner);
    // The characters at either end depend on the neighbours.
    const from = Math.ceil((before * 8) / 6);
    return text.slice(from, Math.floor(((before + inner.length) * 8) / 6));
  });
}

const once = insideBase64(CANARY);
const hex = ENCODINGS.hex(CANARY);

/** Finds any part of the canary that is long enough to be worth something, in any encoding but gzip. */
const TRACE = new RegExp(
  [
    // Half of a secret is a leak too.
    CANARY.slice(0, 12),
    CANARY.slice(12),
    hex.slice(0, 24),
    hex.slice(24),
    hex.slice(0, 24).replace(/../g, "%$&"),
    hex.slice(24).replace(/../g, "%$&"),
    hex.slice(0, 24).replace(/../g, "%25$&"),
    [...CANARY.slice(0, 12)].map((char) => `\\\\+u00${char.charCodeAt(0).toString(16)}`).join(""),
    ...once,
    ...once.flatMap(insideBase64),
  ].join("|"),
  // Base64 minds the case; a false match of letters that differ in case only is harmless: it would fail the test.
  "gi",
);

/** Base64 of gzip, plain or base64 once more. */
const GZIP = /H4sI[A-Za-z0-9+/_-]{16,}|SDRzS[A-Za-z0-9+/_=-]{16,}/g;

/** Offsets in `text` at which some of the canary shows, in any encoding, gzip inside base64 included. */
export function traces(text: string): number[] {
  const found = [...text.matchAll(TRACE)].map(({ index }) => index);
  for (const { 0: run, index } of text.matchAll(GZIP)) {
    if (unpacked(run).some((inner) => traces(inner).length > 0)) found.push(index);
  }
  return found;
}

function unpacked(run: string): string[] {
  const first = Buffer.from(run, "base64");
  const bytes = run.startsWith("H4sI") ? first : Buffer.from(first.toString("latin1"), "base64");
  try {
    // A cut stream gives up what it has.
    return [gunzipSync(bytes, { finishFlush: 2 }).toString("latin1")];
  } catch {
    return [];
  }
}
