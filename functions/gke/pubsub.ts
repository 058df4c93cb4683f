import { isUtf8 } from "node:buffer";
import type { RejectItem } from "../../shared/adapter.ts";
import { parseJson } from "../../shared/json.ts";
import { reject } from "../rejects.ts";

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;

/**
 * The JSON value in the `data` of a Pub/Sub message: base64 of UTF-8 text, which may begin with a BOM. Text that some
 * tool has decoded already is taken as it is (no base64 text begins with a brace).
 * @returns `{ value }`, or the reject item of data that holds no JSON
 */
export function unwrapData(data: string): { readonly value: unknown } | RejectItem {
  const first = data.charCodeAt(0);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return parseEntry(data);
  const bytes = Buffer.from(data, "base64");
  // Buffer skips what is not base64: that is only looked for when the result is of no use.
  if (bytes.length === 0) return reject("bad-base64", data, "message data that is not base64");
  if (!isUtf8(bytes)) {
    if (!BASE64.test(data)) return reject("bad-base64", data, "message data that is not base64");
    return reject("invalid-utf8", bytes, "message data that is not UTF-8 text: does the topic carry something else?");
  }
  const parsed = parseEntry(bytes.toString("utf8"));
  if ("kind" in parsed && !BASE64.test(data)) return reject("bad-base64", data, "message data that is not base64");
  return parsed;
}

/** Parses the text of one entry; a BOM before it is passed over. */
export function parseEntry(text: string): { readonly value: unknown } | RejectItem {
  try {
    return { value: parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) };
  } catch (error) {
    if (error instanceof RangeError) return reject("too-deep", text, "nested deeper than can be read without loss");
    return reject("not-json", text, "message data that is not JSON: does the topic carry something else?");
  }
}
