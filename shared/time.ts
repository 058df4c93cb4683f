/** Time stamps of audit records: RFC 3339 in every precision from 0 to 9 digits, and the forms that tools make of it. */

const STAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)? ?(Z|z|UTC|[+-]\d\d:?\d\d)?$/;

export interface Instant {
  /** UTC, RFC 3339 with `Z`, the fraction as precise as it was given. */
  readonly utc: string;
  /** False when the text had no zone: UTC was assumed. */
  readonly zoned: boolean;
}

/**
 * Reads a time stamp: RFC 3339, a space for the `T`, no zone, a numeric offset.
 * @returns undefined when `value` is not a string that names a real instant (no 31 February).
 */
export function parseTime(value: unknown): Instant | undefined {
  if (typeof value !== "string") return undefined;
  return isCanonical(value) ? { utc: value, zoned: true } : parseOther(value);
}

/** What the API server writes, `2026-11-22T01:02:03.456789Z`: told by its characters, three a record, without an expression. */
function isCanonical(text: string): boolean {
  const end = text.length - 1;
  if (end < 19 || end > 29 || text.charCodeAt(end) !== 90) return false;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return false;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return false;
  if (end > 19 && (text.charCodeAt(19) !== 46 || end === 20)) return false;
  for (let at = 20; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  // NaN, from anything that is not a digit, fails every comparison.
  return (
    twoDigits(text, 11) <= 23 &&
    twoDigits(text, 14) <= 59 &&
    twoDigits(text, 17) <= 59 &&
    isRealDate(year, twoDigits(text, 5), twoDigits(text, 8))
  );
}

function twoDigits(text: string, at: number): number {
  const high = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  return isDigit(high) && isDigit(low) ? (high - 48) * 10 + low - 48 : Number.NaN;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function parseOther(text: string): Instant | undefined {
  const match = STAMP.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (!isRealDate(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  // A leap second (:60) is folded into the next minute by Date, as every log store does.
  const local = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  local.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const offset = offsetMs(zone);
  if (offset === undefined) return undefined;
  const shifted = new Date(local.setUTCHours(Number(hour), Number(minute), Number(second)) - offset);
  if (Number.isNaN(shifted.getTime()) || shifted.getUTCFullYear() < 0 || shifted.getUTCFullYear() > 9999) {
    return undefined;
  }
  const whole = shifted.toISOString().slice(0, 19);
  return { utc: `${whole}${fraction === undefined ? "" : `.${fraction}`}Z`, zoned: zone !== undefined };
}

/** `utc` of an {@link Instant} with exactly six digits of fraction: how times enter the event id. */
export function toMicroseconds(utc: string): string {
  const fraction = utc.length > 20 ? utc.slice(20, -1) : "";
  return `${utc.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, "0")}Z`;
}

/** Milliseconds since 1970 of an {@link Instant}'s `utc`. Neighbouring events share their minute: it is parsed once. */
export function epochMs(utc: string): number {
  const minute = utc.slice(0, 16);
  if (minute !== lastMinute) {
    lastMinute = minute;
    lastMinuteMs = Date.parse(`${minute}:00Z`);
  }
  const fraction = utc.length > 20 ? Number(`0${utc.slice(19, 23).replace("Z", "")}`) : 0;
  return lastMinuteMs + twoDigits(utc, 17) * 1000 + Math.round(fraction * 1000);
}

let lastMinute = "";
let lastMinuteMs = Number.NaN;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isRealDate(year: number, month: number, day: number): boolean {
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1)) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= DAYS[month - 1]! + (leap ? 1 : 0);
}

/** Undefined for an offset that no clock shows (RFC 3339, 5.6: hours to 23, minutes to 59). */
function offsetMs(zone: string | undefined): number | undefined {
  if (zone === undefined || zone.length < 5) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.charCodeAt(0) === 45 ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
