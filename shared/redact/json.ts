import type { JsonObject, JsonValue } from "../event.ts";
import { isRawNumber as isRaw, parseJson } from "../json.ts";

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number that the parser kept as text (a frozen object of `JSON.rawJSON`), because a double cannot hold it. */
export function isRawNumber(value: unknown): value is { rawJSON: string } {
  return isRaw(value);
}

/**
 * The JSON object or array in `text`; undefined if it is anything else. Numbers keep their digits.
 * @throws RangeError when it is too deep to be parsed without loss
 */
export function parseTree(text: string): JsonValue | undefined {
  // A parser finds out at the end only, and deep nesting is slow.
  if (!/[}\]]\s{0,64}$/.test(text.slice(-65))) return undefined;
  try {
    const tree = parseJson(text) as JsonValue;
    return typeof tree === "object" && tree !== null ? tree : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
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
