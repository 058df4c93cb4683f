import { gzipSync } from "node:zlib";

/** Ways in which people and programs write the same text. */
export const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  base64: (text) => base64(text),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "double base64": (text) => base64(base64(text)),
  hex: (text) => Buffer.from(text).toString("hex"),
  percent: (text) => Buffer.from(text).toString("hex").replace(/../g, "%$&"),
  "JSON-escaped": (text) => JSON.stringify(JSON.stringify({ v: text })),
  "unicode escapes": (text) => [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  "YAML block": (text) => `|\n  ${text}\n`,
  "gzip in base64": (text) => gzipSync(text).toString("base64"),
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** What base64 of a text around `inner` has in common, at each of the three ways to be aligned. */
function inBase64(inner: string): string[] {
  return [0, 1, 2].map((shift) => base64("x".repeat(shift) + inner).slice(shift === 0 ? 0 : 4, -4));
}

/** Texts that give the secret away: each encoding of it, and base64 of it inside other text, twice over. */
function traces(secret: string): string[] {
  const plain = ["plain", "hex", "percent", "unicode escapes"].map((name) => ENCODINGS[name]!(secret));
  const once = inBase64(secret);
  return [...plain, ...once, ...once.flatMap(inBase64), ...inBase64(base64(secret))];
}

/** Whether `haystack` shows `secret`, or a line of it, in any encoding. */
export function shows(haystack: string, secret: string): boolean {
  const text = haystack.toLowerCase();
  const lines = secret.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return lines.some((line) => traces(line).some((trace) => text.includes(trace.toLowerCase())));
}
