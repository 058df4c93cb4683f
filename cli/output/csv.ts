import type { JsonValue } from "../../shared/event.ts";

const NEEDS_QUOTES = /[",\r\n]/;

/**
 * One record of CSV with its CRLF (RFC 4180). Absent values are empty fields, an empty string is `""`; lists and objects
 * are JSON. Values are not changed otherwise: a spreadsheet may take one that starts with `=` for a formula.
 */
export function csvRecord(values: readonly JsonValue[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

function csvField(value: JsonValue): string {
  if (value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "" || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
