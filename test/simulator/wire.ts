import type { JsonValue, NativeEvent } from "../../shared/event.ts";

/** JSON as Go's encoding/json writes it: compact, with `&`, `<` and `>` as \u escapes. No newline. */
export function wireText(value: NativeEvent | JsonValue): string {
  let text = JSON.stringify(value);
  if (text.includes("&")) text = text.replaceAll("&", "\\u0026");
  if (text.includes("<")) text = text.replaceAll("<", "\\u003c");
  if (text.includes(">")) text = text.replaceAll(">", "\\u003e");
  return text;
}

/** The longest prefix of `text` that has at most `bytes` UTF-8 bytes and ends between two characters. */
export function prefixOfBytes(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text;
  const buffer = Buffer.from(text, "utf8");
  if (buffer.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((buffer[end] as number) & 0xc0) === 0x80) end--;
  return buffer.toString("utf8", 0, end);
}

/** Freezes a pooled body all the way down: events share it, so nothing may write to it. */
export function frozen<T extends JsonValue>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) frozen(member as JsonValue);
    Object.freeze(value);
  }
  return value;
}
