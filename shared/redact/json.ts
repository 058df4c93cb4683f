import type { JsonObject, JsonValue } from "../event.ts";

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isRawJson = (JSON as { isRawJSON?: (value: unknown) => boolean }).isRawJSON ?? (() => false);

/** A number that the parser kept as text (`JSON.rawJSON`, a frozen object), because a double cannot hold it. */
export function isRawNumber(value: unknown): value is { rawJSON: string } {
  return isRawJson(value);
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;
const rawJson = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON;

const keepLongNumbers: Reviver = (_key, value, context) =>
  typeof value === "number" && rawJson !== undefined && context.source !== undefined && String(value) !== context.source
    ? rawJson(context.source)
    : value;

/** The JSON object or array in `text`; undefined if it is anything else. Numbers keep their digits. */
export function parseTree(text: string): JsonValue | undefined {
  try {
    const tree = JSON.parse(text, /\d{16}|\d[.eE]/.test(text) ? (keepLongNumbers as never) : undefined) as JsonValue;
    return typeof tree === "object" && tree !== null ? tree : undefined;
  } catch {
    return undefined;
  }
}

/** Keys written in valid JSON text. More than the tree has: a key was there twice, and its first value is only in the text. */
export function keysInText(text: string): number {
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== 0x22) continue;
    i++;
    for (let c = text.charCodeAt(i); c !== 0x22; c = text.charCodeAt(i)) i += c === 0x5c ? 2 : 1;
    let next = i + 1;
    while (text.charCodeAt(next) <= 0x20) next++;
    if (text.charCodeAt(next) === 0x3a) keys++;
  }
  return keys;
}

export function keysInTree(tree: JsonValue): number {
  if (typeof tree !== "object" || tree === null || isRawNumber(tree)) return 0;
  let keys = 0;
  if (Array.isArray(tree)) {
    for (const item of tree) keys += keysInTree(item);
    return keys;
  }
  for (const key in tree) keys += 1 + keysInTree(tree[key]!);
  return keys;
}
