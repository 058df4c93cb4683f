const markers = new Map<string, string>();

/** What stands where a value was: its rule, never its length or its text. */
export function marker(rule: string): string {
  let text = markers.get(rule);
  if (text === undefined) {
    text = `[REDACTED:${rule}]`;
    markers.set(rule, text);
  }
  return text;
}

const MARKER = /^\[REDACTED:[a-z0-9.-]{1,64}\](?: subject=.{0,300})?$/;

/**
 * Whether `text` reads like a marker. For reports about stored events only: a redactor must not believe it, because anybody can
 * write one.
 */
export function isMarker(text: string): boolean {
  return MARKER.test(text);
}

/** One reference token of an RFC 6901 pointer. */
export function escapePointer(token: string): string {
  return token.includes("~") || token.includes("/") ? token.replace(/~/g, "~0").replace(/\//g, "~1") : token;
}
