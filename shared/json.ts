/**
 * JSON in and out without loss. `JSON.parse` rounds integers beyond 2^53 and turns 1e400 into Infinity (which
 * `JSON.stringify` then writes as null); Go, which writes audit events, does neither. Such texts are rare, so they are
 * found by one regular expression and only they pay for a second, slower parse that keeps the digits as written.
 */

/** ECMAScript "JSON.parse source text access" (V8 11.4, Node 21); not in TypeScript's library yet. */
interface JsonWithSource {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}
const json = JSON as unknown as JsonWithSource;

/**
 * A number that a double may not hold: sixteen digits, with or without a point among them, or any exponent. It stands
 * between a colon, comma or bracket and a comma or bracket, as numbers do and the digits of ids, UUIDs and digests do not.
 */
const MAY_BE_INEXACT = /[:,[]\s*-?(?:(?:[0-9]\.?){16}[0-9.eE+-]*|[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+)\s*[,}\]]/;

/**
 * Parses one JSON text. Numbers that a double cannot hold come back as raw JSON objects, which `JSON.stringify` writes
 * digit for digit. Of duplicate keys the last wins, as in Go.
 * @throws SyntaxError when `text` is not JSON; RangeError when it is too deep to parse without loss.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return MAY_BE_INEXACT.test(text) ? json.parse(text, keepDigits) : value;
}

/** True for a number kept as written by {@link parseJson}; walkers treat it as a leaf. */
export function isRawNumber(value: unknown): boolean {
  return json.isRawJSON(value);
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  const { source } = context;
  if (typeof value !== "number" || source === undefined) return value;
  const mantissa = source
    .replace(/[eE].*$/, "")
    .replace(/[^0-9]/g, "")
    .replace(/^0+/, "");
  if (Number.isSafeInteger(value) && (value !== 0 || mantissa === "") && mantissa.length <= 16) return value;
  // IEEE 754: 15 significant decimal digits always survive a round trip, but not from below the smallest double.
  const underflow = Math.abs(value) < Number.MIN_VALUE * 2 ** 52 && mantissa !== "";
  return Number.isFinite(value) && !underflow && mantissa.length <= 15 ? value : json.rawJSON(source);
}

/** True for a JSON object: not null, not an array, not a number kept as written. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRawNumber(value);
}
