import type { NativeEvent, TruncatedBy, Truncation } from "./event.ts";
import { WIRE_ORDER } from "./event.ts";
import { parseJson } from "./json.ts";
import { bodiesOf } from "./normalise.ts";

/** EKS ends a cut message with this text (falcosecurity/plugins issue 297). */
export const EKS_CUT_MARK = "[Truncated...]";

export interface Salvaged {
  readonly event: NativeEvent;
  readonly truncated: Truncation;
}

/** Fields that most events lack; not named as missing unless the cut is inside them. */
const OPTIONAL = new Set(["impersonatedUser", "authenticationMetadata"]);
const KNOWN = new Set<string>(WIRE_ORDER);

/**
 * Recovers every complete leading field of an audit event whose text was cut. A field that is only partly there is
 * left out: half a body cannot be redacted with certainty.
 *
 * @param text JSON text that failed to parse; may end in {@link EKS_CUT_MARK}.
 * @returns undefined when `text` does not begin as an audit event (no complete native field beside kind/apiVersion).
 */
export function salvage(text: string, by: TruncatedBy): Salvaged | undefined {
  const fields = leadingFields(text);
  if (fields === undefined) return undefined;
  const { event, cutIn } = fields;
  const recovered = Object.keys(event).filter((key) => KNOWN.has(key) && key !== "kind" && key !== "apiVersion");
  if (recovered.length === 0) return undefined;
  return { event, truncated: { by, missing: missingFields(event, cutIn) } };
}

function missingFields(event: NativeEvent, cutIn: string | undefined): string[] {
  const bodies = bodiesOf(event["level"]);
  const positions = Object.keys(event).map((key) => WIRE_ORDER.indexOf(key as (typeof WIRE_ORDER)[number]));
  const known = positions.filter((position) => position >= 0);
  const inWireOrder = known.every((position, i) => i === 0 || position > known[i - 1]!);
  // In wire order whatever stands before the cut and is absent was never there (objectRef of a non-resource request).
  const after = inWireOrder ? Math.max(...known) : -1;
  return WIRE_ORDER.filter((key, position) => {
    if (key === cutIn) return true;
    if (key in event || position < after || OPTIONAL.has(key)) return false;
    return (key !== "requestObject" && key !== "responseObject") || bodies.includes(key);
  });
}

interface LeadingFields {
  readonly event: NativeEvent;
  /** The key whose value the cut is in, when the key itself is whole. */
  readonly cutIn: string | undefined;
}

/** Reads `"key": value` pairs of the outermost object until one is not complete. */
function leadingFields(text: string): LeadingFields | undefined {
  const event: NativeEvent = {};
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) return undefined;
  at = skipSpace(text, at + 1);
  for (;;) {
    if (text.charCodeAt(at) !== QUOTE) return { event, cutIn: undefined };
    const keyEnd = endOfString(text, at);
    if (keyEnd < 0) return { event, cutIn: undefined };
    const key = parsed(text.slice(at, keyEnd));
    at = skipSpace(text, keyEnd);
    if (typeof key !== "string" || text.charCodeAt(at) !== COLON) return { event, cutIn: undefined };
    at = skipSpace(text, at + 1);
    const valueEnd = endOfValue(text, at);
    const value = valueEnd < 0 ? undefined : parsed(text.slice(at, valueEnd));
    if (value === undefined) return { event, cutIn: key };
    Object.defineProperty(event, key, { value, enumerable: true, configurable: true, writable: true });
    at = skipSpace(text, valueEnd);
    if (text.charCodeAt(at) !== COMMA) return { event, cutIn: undefined };
    at = skipSpace(text, at + 1);
  }
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OPEN_BRACE = 123;

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return at;
    at++;
  }
}

/** Index after the string that opens at `from`, or -1 when it does not close. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}

/** Index after the value at `from`, or -1 when it is cut. A bare word is complete only if something follows it. */
function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return endOfString(text, from);
  if (first !== OPEN_BRACE && first !== 91) {
    const word = /[,}\]\s]/g;
    word.lastIndex = from;
    const end = word.exec(text);
    return end === null || end.index === from ? -1 : end.index;
  }
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (code === OPEN_BRACE || code === 91) depth++;
    else if ((code === 125 || code === 93) && --depth === 0) return at + 1;
  }
  return -1;
}

function parsed(text: string): NativeEvent[string] | undefined {
  try {
    return parseJson(text) as NativeEvent[string];
  } catch {
    return undefined;
  }
}
