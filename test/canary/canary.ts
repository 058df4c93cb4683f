import { constants, gunzipSync, gzipSync } from "node:zlib";

/**
 * The planted secret. Lower-case letters only: nothing about it looks like a key or a token, so that it is found and
 * taken out for where it stands and not for what it looks like.
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

/** Half of a secret is a leak too. */
const HALVES = new RegExp(`${CANARY.slice(0, 12)}|${CANARY.slice(12)}`, "i");

/** Wrappings are undone so many deep: surfaces add up to two of their own to what the encoding has. */
const MAX_LAYERS = 5;

/** Text that can be somebody's, as opposed to bytes that decode to nothing. */
const READABLE = /[ -~]{10}/;

/**
 * True when some of the canary shows in `text`: as it is, or after undoing base64 (of either alphabet, wherever in a
 * run it begins), gzip, hex, percent encoding and backslash escapes in any order. Knows nothing of the redactor.
 */
export function shows(text: string, layers: number = MAX_LAYERS): boolean {
  if (HALVES.test(text)) return true;
  if (layers === 0) return false;
  for (const inner of unwrapped(text)) if (READABLE.test(inner) && shows(inner, layers - 1)) return true;
  return false;
}

function* unwrapped(text: string): Generator<string> {
  if (/\\u00/i.test(text)) yield text.replace(/\\+u00([0-9a-f]{2})/gi, (_match, code: string) => fromHex(code));
  if (/%[0-9a-f]{2}/i.test(text)) yield text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => fromHex(run.replaceAll("%", "")));
  for (const [run] of text.matchAll(/(?:[0-9a-f]{2}){12,}/gi)) yield fromHex(run);
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)) {
    for (let at = 0; at < 4; at++) yield* unpacked(Buffer.from(run.slice(at), "base64"));
  }
}

function* unpacked(bytes: Buffer): Generator<string> {
  yield bytes.toString("latin1");
  const start = bytes.indexOf(GZIP);
  if (start < 0) return;
  try {
    // A cut stream gives up what it has.
    yield gunzipSync(bytes.subarray(start), { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1");
  } catch {
    // It only began like gzip.
  }
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

function fromHex(digits: string): string {
  return Buffer.from(digits, "hex").toString("latin1");
}
