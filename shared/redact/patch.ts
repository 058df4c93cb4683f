import type { JsonObject, JsonValue } from "../event.ts";
import { isObject } from "./json.ts";
import { marker } from "./marker.ts";
import type { Place } from "./places.ts";
import type { Container, Walker } from "./walk.ts";

/** Longer pointers than this lead nowhere in a Kubernetes object. */
const MAX_POINTER = 64;

/**
 * Redacts a JSON Patch (RFC 6902). Each value is walked where it would be in the patched object, so that
 * `/data/password`, an ancestor like `/data` or the whole document, and `test` values meet the same rules as a body.
 */
export function patchOperations(walker: Walker, operations: JsonValue[], d: number, place: Place | undefined): void {
  for (let i = 0; i < operations.length; i++) {
    const operation = operations[i]!;
    walker.enter(d, String(i));
    if (isObject(operation)) patchOperation(walker, operation, d + 1, place);
    else walker.value(operations as unknown as Container, String(i), operation, d, undefined);
  }
}

function patchOperation(walker: Walker, operation: JsonObject, d: number, place: Place | undefined): void {
  const pointer = operation["path"];
  for (const key in operation) {
    walker.enter(d, key);
    const isValue = /^value$/i.test(key);
    if (isValue && typeof pointer === "string") patchValue(walker, operation, key, pointer, d, place);
    else if (isValue && place !== undefined)
      walker.all(operation, key, operation[key]!, d, walker.rules.rule("patch.value"));
    else walker.member(operation, key, operation[key]!, d);
  }
}

function patchValue(
  walker: Walker,
  operation: JsonObject,
  key: string,
  pointer: string,
  d: number,
  place: Place | undefined,
): void {
  const tokens = pointer === "" ? [] : pointer.split("/").slice(1).map(unescapeToken);
  if (tokens.length > MAX_POINTER) {
    operation[key] = marker("fail-closed.depth");
    walker.report(d, "fail-closed.depth", "");
    return;
  }
  // A skeleton of the patched object: {"metadata":{"annotations":{"x": value}}}, with `value` at its place.
  const root: JsonObject = { root: operation[key]! };
  let holder: Container = root;
  let last = "root";
  for (const token of tokens) {
    const isIndex = last !== "root" && /^(?:\d+|-)$/.test(token);
    const inner: Container = isIndex ? ([holder[last]!] as unknown as Container) : { [token]: holder[last]! };
    holder[last] = inner;
    holder = inner;
    last = isIndex ? "0" : token;
  }
  const from = d + 1 + tokens.length;
  const outer = walker.moveTo(walker.path(d), from);
  const top = root["root"]!;
  if (Array.isArray(top)) walker.array(top, d + 1, place);
  else if (isObject(top)) walker.object(top, d + 1, place);
  else walker.value(root, "root", top, d, place);
  walker.moveBack(outer);
  operation[key] = resolve(root["root"]!, tokens);
}

/** What is now at the pointer; where the walk took away an ancestor, its marker or one of ours. */
function resolve(root: JsonValue, tokens: readonly string[]): JsonValue {
  let at: JsonValue = root;
  for (const token of tokens) {
    if (typeof at === "string") return at;
    const inner: JsonValue | undefined = Array.isArray(at) ? at[0] : isObject(at) ? at[token] : undefined;
    if (inner === undefined) return marker("patch.value");
    at = inner;
  }
  return at;
}

function unescapeToken(token: string): string {
  return token.includes("~") ? token.replace(/~1/g, "/").replace(/~0/g, "~") : token;
}
