import { isObject, parseTree } from "./json.ts";
import { marker } from "./marker.ts";
import { isSecretName } from "./names.ts";
import { nestedManifest } from "./nested.ts";
import { patchOperations } from "./patch.ts";
import type { Place } from "./places.ts";
import { COPY_ANNOTATIONS, SAFE_ANNOTATIONS, WEBHOOK_PATCH_ANNOTATION } from "./tables.ts";
import type { Container, Walker } from "./walk.ts";

const COPIES = COPY_ANNOTATIONS.map((name) => ({
  text: name.replace(/\*/g, ""),
  anyStart: name.startsWith("*"),
  anyEnd: name.endsWith("*"),
}));

/** kube-apiserver itself caps what a policy may write at 10 KiB; a webhook's patch is the one thing that is larger. */
const MAX_EVENT_ANNOTATION = 16 << 10;

/** Qualified names have at most 253 + 1 + 63 characters. */
const MAX_KEY = 320;

/** Annotation keys whose value names a Secret or configures how one is injected. */
const REFERENCE_KEY = /(?:auth-secret|auth-tls-secret|agent-inject[a-z-]*|secret-type)(?:[-.][A-Za-z0-9_.-]+)?$/;

type Sort = "copy" | "patch" | "reference" | "other";

const MAX_REMEMBERED = 5_000;
const remembered = new Map<string, Sort>();

function sortOf(key: string): Sort {
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const sort = classify(key);
  if (remembered.size < MAX_REMEMBERED && key.length <= MAX_KEY) remembered.set(key, sort);
  return sort;
}

function classify(key: string): Sort {
  if (key.startsWith(WEBHOOK_PATCH_ANNOTATION)) return "patch";
  const name = key.slice(0, MAX_KEY).toLowerCase();
  for (const { text, anyStart, anyEnd } of COPIES) {
    const hit = anyStart ? name.includes(text) : anyEnd ? name.startsWith(text) : name === text;
    if (hit) return "copy";
  }
  if (SAFE_ANNOTATIONS.has(key)) return "reference";
  return isSecretName(key) && REFERENCE_KEY.test(key.slice(-MAX_KEY)) ? "reference" : "other";
}

/** Redacts the annotations of an object; `place` is what is known of the object's annotations, `d` the depth of their keys. */
export function redactAnnotations(walker: Walker, map: Container, d: number, place: Place | undefined): void {
  walker.count(d);
  for (const key in map) {
    const value = map[key]!;
    const sort = sortOf(key);
    if (sort === "other" || typeof value !== "string" || walker.rules.isAllowedAnnotation(key)) {
      walker.member(map, key, value, d);
      continue;
    }
    walker.enter(d, key);
    if (sort === "copy") copy(walker, map, key, value, d, place?.copies?.id ?? "annotation.copy");
    else if (sort === "patch") webhookPatch(walker, map, key, value, d);
    else walker.value(map, key, value, d, undefined);
  }
}

/** Redacts the annotations of the event itself. */
export function redactEventAnnotations(walker: Walker, map: Container, d: number): void {
  for (const key in map) {
    const value = map[key]!;
    if (typeof value !== "string" || value.length <= MAX_EVENT_ANNOTATION || sortOf(key) === "patch") continue;
    walker.enter(d, key);
    replace(walker, map, key, value, d, "annotation.oversize");
  }
  redactAnnotations(walker, map, d, undefined);
}

/** A copy is read and redacted like the object; a Secret's, and what cannot be read, goes. */
function copy(walker: Walker, map: Container, key: string, value: string, d: number, rule: string): void {
  const isRead = rule === "annotation.copy" && !walker.dropsBodies && walker.rules.treatmentOf(rule) !== "drop";
  if (isRead && nestedManifest(walker, map, key, value, d, walker.subject.place)) return;
  replace(walker, map, key, value, d, rule);
}

/** `{"configuration", "webhook", "patch": [...], "patchType"}` (kube-apiserver, mutating/dispatcher.go). */
function webhookPatch(walker: Walker, map: Container, key: string, value: string, d: number): void {
  const tree = parseTree(value);
  if (!isObject(tree) || !Array.isArray(tree["patch"])) {
    replace(walker, map, key, value, d, "annotation.webhook-patch");
    return;
  }
  const operations = tree["patch"];
  walker.textDepth++;
  const outer = walker.moveTo(walker.path(d), Number.POSITIVE_INFINITY);
  for (const name in tree) {
    if (name === "patch") patchOperations(walker, operations, d + 2, walker.subject.place);
    else walker.member(tree, name, tree[name]!, d + 1);
  }
  walker.moveBack(outer);
  walker.textDepth--;
  map[key] = JSON.stringify(tree);
}

function replace(walker: Walker, map: Container, key: string, value: string, d: number, rule: string): void {
  if (walker.rules.treatmentOf(rule) === "keep") {
    walker.value(map, key, value, d, undefined);
    return;
  }
  if (walker.rules.treatmentOf(rule) === "drop") delete map[key];
  else map[key] = marker(rule);
  walker.report(d, rule, value);
}
