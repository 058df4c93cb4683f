/** Times are whole microseconds since 1970 (exact below 2^53): the precision of the API server's stage times. */

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** @throws RangeError when `iso` is not a time. */
export function microsOf(iso: string): number {
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds)) throw new RangeError("start must be an RFC 3339 time");
  return milliseconds * 1000;
}

let cachedSecond = -1;
let cachedText = "";

/** `2026-11-22T01:02:03`, remembering the last second because neighbouring events share it. */
function secondText(second: number): string {
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedText = new Date(second * 1000).toISOString().slice(0, 19);
  }
  return cachedText;
}

/** metav1.MicroTime: `2026-11-22T01:02:03.456789Z`. */
export function microTime(micros: number): string {
  const second = Math.floor(micros / SECOND);
  const rest = String(SECOND + (micros - second * SECOND));
  return `${secondText(second)}.${rest.slice(1)}Z`;
}

/** metav1.Time: `2026-11-22T01:02:03Z`. */
export function wholeTime(micros: number): string {
  return `${secondText(Math.floor(micros / SECOND))}Z`;
}
