import { isObject } from "../../shared/json.ts";
import { parseTime } from "../../shared/time.ts";

/**
 * A Cloud Logging LogEntry, as JSON writes it: open-world, every field may be missing. proto3 JSON leaves out empty
 * strings, zeros and false; BigQuery's JSON writes numbers and booleans as text and what is missing as null.
 */
export type LogEntry = Record<string, unknown>;

/** `value` if it is a text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** `value` if it is a JSON object. */
export function objectOf(value: unknown): Record<string, unknown> | undefined {
  return isObject(value) ? value : undefined;
}

/** `value` as a whole number, which may be written as text; undefined for anything else. */
export function integerOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** True for true, which may be written as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** What Google writes; other forms (BigQuery, vendors) cost a longer look. */
const GOOGLE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** A time stamp in UTC, RFC 3339, as precise as it was given; undefined if `value` is none. */
export function timeOf(value: unknown): string | undefined {
  if (typeof value === "string" && GOOGLE_TIME.test(value)) return value;
  return parseTime(value)?.utc;
}
