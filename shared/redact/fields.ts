import type { JsonObject, JsonValue } from "../event.ts";
import { redactEventAnnotations } from "./annotations.ts";
import { isObject } from "./json.ts";
import { escapePointer, marker } from "./marker.ts";
import { isSecretName } from "./names.ts";
import { nestedManifest } from "./nested.ts";
import { patchOperations } from "./patch.ts";
import { HASHED_NAME, NAMED_AFTER_TOKEN } from "./tables.ts";
import { redactUri } from "./uri.ts";
import type { Walker } from "./walk.ts";

/** The pipeline's own keys: nothing of the record is in them. */
const OWN_KEYS = ["time", "cloud", "cluster", "ingest"];

type Field = (walker: Walker, event: JsonObject, key: string, value: JsonValue) => void;

/** API servers send at most this much of a client's word. */
const MAX_USER_AGENT = 1024;

/** How the fields of an event are read; all others are walked like any JSON. Depth 0 is the event. */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ...OWN_KEYS.map((key): [string, Field] => [key, ours]),
  ["requestURI", uri],
  ["user", user],
  ["impersonatedUser", user],
  ["userAgent", userAgent],
  ["annotations", annotations],
  ["requestObject", body],
  ["responseObject", body],
]);

function ours(): void {}

function uri(walker: Walker, event: JsonObject, key: string, value: JsonValue): void {
  if (typeof value === "string") redactUri(walker, event, key, value, 0);
  else walker.value(event, key, value, 0, undefined);
}

/** `extra` holds what the authenticator says: identities stay, whatever says it is a token does not. */
function user(walker: Walker, event: JsonObject, key: string, value: JsonValue): void {
  if (!isObject(value)) {
    walker.value(event, key, value, 0, undefined);
    return;
  }
  for (const name in value) {
    const item = value[name]!;
    walker.enter(1, name);
    if (name === "extra" && isObject(item)) extra(walker, item);
    else walker.value(value, name, item, 1, undefined);
  }
}

function extra(walker: Walker, map: JsonObject): void {
  for (const name in map) {
    const value = map[name]!;
    walker.enter(2, name);
    if (name.length === ACCESS_KEY_ID.length && name.toLowerCase() === ACCESS_KEY_ID) {
      const rule = walker.rules.rule("user.access-key-id");
      if (walker.rules.treatmentOf(rule.id) !== "keep") walker.all(map, name, value, 2, rule);
    } else if (isSecretName(name)) walker.all(map, name, value, 2, walker.rules.rule("user.extra"));
    else walker.member(map, name, value, 2);
  }
}

const ACCESS_KEY_ID = "accesskeyid";

function userAgent(walker: Walker, event: JsonObject, key: string, value: JsonValue): void {
  const isKept = walker.rules.treatmentOf("user-agent.oversize") === "keep";
  if (typeof value !== "string" || value.length <= MAX_USER_AGENT || isKept) {
    walker.value(event, key, value, 0, undefined);
    return;
  }
  const cut = marker("user-agent.oversize");
  const head = value.slice(0, MAX_USER_AGENT);
  event[key] = head;
  walker.value(event, key, head, 0, undefined);
  event[key] = `${String(event[key])}${cut}`;
  if (value.slice(MAX_USER_AGENT) !== cut) walker.report(0, "user-agent.oversize", value);
}

function annotations(walker: Walker, event: JsonObject, key: string, value: JsonValue): void {
  if (isObject(value)) redactEventAnnotations(walker, value, 1);
  else walker.value(event, key, value, 0, undefined);
}

/** An object, a JSON Patch, or the text of an apply that the API server did not transcode. */
function body(walker: Walker, event: JsonObject, key: string, value: JsonValue): void {
  const place = walker.subject.place;
  if (walker.dropsBodies) {
    dropBody(walker, event, key, value);
    return;
  }
  if (Array.isArray(value)) {
    patchOperations(walker, value, 1, place);
    return;
  }
  if (typeof value !== "string") {
    walker.value(event, key, value, 0, place);
    return;
  }
  if (value === "" || nestedManifest(walker, event, key, value, 0, place)) return;
  if (walker.rules.treatmentOf("body.text") === "keep") {
    walker.value(event, key, value, 0, undefined);
    return;
  }
  event[key] = marker("body.text");
  walker.report(0, "body.text", value);
}

/** Keys that say what a custom resource is; the rest goes. */
const KEPT_KEYS = new Set(["apiVersion", "kind", "metadata"]);
/** The API server's own answers and lists about custom resources. */
const API_KINDS = /^(?:Status|DeleteOptions|Table|PartialObjectMetadata.*|.*List)$/;

function dropBody(walker: Walker, event: JsonObject, key: string, value: JsonValue): void {
  if (!isObject(value)) {
    event[key] = marker("custom-resource");
    walker.report(0, "custom-resource", typeof value === "string" ? value : "");
    return;
  }
  const kind = value["kind"];
  if (typeof kind === "string" && API_KINDS.test(kind)) {
    const list = Array.isArray(value["items"]) ? value["items"] : [];
    list.forEach((item, i) => {
      if (isObject(item)) strip(walker, item, `/${key}/items/${i}`);
    });
    if (Array.isArray(value["rows"])) {
      value["rows"].forEach((row, i) => {
        if (isObject(row)) strip(walker, row, `/${key}/rows/${i}`, (name) => name === "object");
      });
    }
  } else strip(walker, value, `/${key}`);
  walker.value(event, key, value, 0, walker.subject.place);
}

function strip(walker: Walker, object: JsonObject, path: string, keeps = (name: string) => KEPT_KEYS.has(name)): void {
  for (const name in object) {
    if (keeps(name)) continue;
    delete object[name];
    const outer = walker.moveTo(`${path}/${escapePointer(name)}`, Number.POSITIVE_INFINITY);
    walker.report(0, "custom-resource", "");
    walker.moveBack(outer);
  }
}

/**
 * Names of OpenShift OAuth tokens are the token itself (before 4.6). Takes them out of every string of the event, so that URI,
 * objectRef, metadata and messages agree.
 */
export function redactTokenNames(walker: Walker, event: JsonObject): void {
  if (!NAMED_AFTER_TOKEN.has(walker.subject.resource) || walker.rules.treatmentOf("object-name") === "keep") return;
  const names = new Set<string>();
  const note = (value: JsonValue | undefined) => {
    if (typeof value === "string" && value.length >= 16 && !value.startsWith(HASHED_NAME)) names.add(value);
  };
  note(walker.subject.name);
  for (const key of ["requestObject", "responseObject"]) {
    const object = event[key];
    if (!isObject(object)) continue;
    for (const item of [object, ...(Array.isArray(object["items"]) ? object["items"] : [])]) {
      if (isObject(item) && isObject(item["metadata"])) note(item["metadata"]["name"]);
    }
  }
  if (names.size > 0) replaceNames(walker, event, [...names], 0);
}

function replaceNames(walker: Walker, container: JsonObject, names: readonly string[], d: number): void {
  walker.count(d);
  for (const key in container) {
    if (d === 0 && OWN_KEYS.includes(key)) continue;
    const value = container[key]!;
    walker.enter(d, key);
    if (typeof value === "object" && value !== null) replaceNames(walker, value as JsonObject, names, d + 1);
    if (typeof value !== "string") continue;
    let text = value;
    for (const name of names) {
      if (!text.includes(name)) continue;
      text = text.replaceAll(name, marker("object-name"));
      walker.report(d, "object-name", name, name);
    }
    if (text !== value) container[key] = text;
  }
}
