import type { JsonValue } from "../event.ts";
import { redactAnnotations } from "./annotations.ts";
import { ArgumentScanner, findInCommandLine } from "./argv.ts";
import { isUserAndPassword } from "./headers.ts";
import { isObject, isRawNumber } from "./json.ts";
import { isReferenceName, isSecretName } from "./names.ts";
import type { Rule, Shape } from "./rule.ts";
import type { Handler } from "./ruleset.ts";
import { Spans } from "./spans.ts";
import { findSecrets, MIN_TEXT, prefilter } from "./text.ts";
import type { Container, Walker } from "./walk.ts";

/** How each shape is read. `rule` is the rule whose key was met. */
export const SHAPES: Readonly<Record<Exclude<Shape, "paths">, (rule: Rule) => Handler>> = {
  annotations: () => (walker, parent, key, value, d, place) => {
    if (isObject(value)) redactAnnotations(walker, value, d + 1, place);
    else walker.value(parent, key, value, d, place);
  },
  arguments: (rule) => (walker, parent, key, value, d) => {
    if (Array.isArray(value)) redactArguments(walker, value, programOf(parent, key), d + 1, rule.id);
    else if (typeof value === "string") commandLine(walker, parent, key, value, d);
    else walker.value(parent, key, value, d, undefined);
  },
  certificate: (rule) => (walker, parent, key, value, d) => walker.all(parent, key, value, d, rule),
  environment: (rule) => (walker, parent, key, value, d) => {
    if (Array.isArray(value)) environmentList(walker, value, d + 1, rule);
    else if (isObject(value)) environmentMap(walker, value, d + 1, rule);
    else walker.value(parent, key, value, d, undefined);
  },
  headers: (rule) => (walker, parent, key, value, d, place) => {
    if (Array.isArray(value)) pairs(walker, value, d + 1, rule);
    else walker.value(parent, key, value, d, place);
  },
  items: () => (walker, parent, key, value, d, place) => {
    const kind = parent["kind"];
    const isList = typeof kind === "string" && /list$/i.test(kind);
    if (!Array.isArray(value) || !isList) return walker.value(parent, key, value, d, place);
    walker.array(value, d + 1, walker.rules.placeOf(kind.slice(0, -4), walker.subject.place));
  },
  "managed-fields": (rule) => (walker, parent, key, value, d, place) => {
    if (Array.isArray(value)) walker.all(parent, key, value, d, rule);
    else walker.value(parent, key, value, d, place);
  },
  "named-value": (rule) => (walker, parent, key, value, d, place) => {
    const name = parent["name"] ?? parent["key"];
    if (typeof name === "string" && isSecretName(name)) walker.all(parent, key, value, d, rule);
    else walker.value(parent, key, value, d, place);
  },
  plain: () => (walker, parent, key, value, d) => walker.plain(parent, key, value, d),
  "registry-auth": (rule) => (walker, parent, key, value, d, place) => {
    if (typeof value === "string" && isUserAndPassword(value)) walker.all(parent, key, value, d, rule);
    else walker.value(parent, key, value, d, place);
  },
  rows: (rule) => (walker, parent, key, value, d) => {
    if (!Array.isArray(value) || !isObject(value[0]) || value[0]["cells"] === undefined) {
      return walker.value(parent, key, value, d, undefined);
    }
    for (let i = 0; i < value.length; i++) {
      walker.enter(d + 1, String(i));
      row(walker, value, i, parent["columnDefinitions"], d + 1, rule);
    }
  },
  whole: (rule) => (walker, parent, key, value, d) => walker.all(parent, key, value, d, rule),
};

/** A value under a key that says it is a secret. Objects below are asked again: `password: {secretKeyRef: ...}` holds none. */
export function secretField(rule: Rule): Handler {
  return (walker, parent, key, value, d, place) => {
    const isNumber = typeof value === "number" || isRawNumber(value);
    // Counts have names in the plural: `maxTokens`, `tokens`.
    if (typeof value === "string" || (isNumber && !/s$/i.test(key))) return walker.all(parent, key, value, d, rule);
    if (isNumber) return;
    if (typeof value !== "object" || value === null) return;
    walker.count(d + 1);
    for (const name in value) {
      const item = (value as Container)[name]!;
      walker.enter(d + 1, name);
      const isHere = typeof item === "string" && (Array.isArray(value) || !isReferenceName(name));
      if (isHere) walker.all(value as Container, name, item, d + 1, rule);
      else walker.member(value as Container, name, item, d + 1, place);
    }
  };
}

/** `command` and `args` of one container are one command line; without a command, the image's name has to do. */
function programOf(container: Container, key: string): string {
  const command = container["command"];
  if (key !== "command" && Array.isArray(command) && typeof command[0] === "string") return command[0];
  const image = container["image"];
  return typeof image === "string" ? image : "";
}

/** Words of a command line: each under text rules, and as the argument of the one before. */
export function redactArguments(walker: Walker, words: JsonValue[], program: string, d: number, rule: string): void {
  const scanner = new ArgumentScanner(program);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const key = String(i);
    walker.enter(d, key);
    if (typeof word !== "string") walker.value(words as unknown as Container, key, word, d, undefined);
    else {
      const start = scanner.read(word);
      if (start >= 0) {
        const spans = new Spans();
        spans.add(start, word.length, rule);
        words[i] = walker.replaced(word, spans, d);
      } else commandLine(walker, words as unknown as Container, key, word, d);
    }
  }
}

function commandLine(walker: Walker, parent: Container, key: string, text: string, d: number): void {
  if (text.length < MIN_TEXT) return;
  const mask = prefilter(text);
  if (mask === 0 && !/\s/.test(text)) return;
  const spans = findSecrets(text, mask);
  findInCommandLine(text, spans);
  if (!spans.empty) parent[key] = walker.replaced(text, spans, d);
}

/** `[{name, value}]`, `["NAME=value"]`. */
function environmentList(walker: Walker, list: JsonValue[], d: number, rule: Rule): void {
  for (let i = 0; i < list.length; i++) {
    const item = list[i]!;
    walker.enter(d, String(i));
    if (typeof item === "string") {
      const sign = item.indexOf("=");
      if (sign > 0 && sign < item.length - 1 && !walker.rules.isAllowedEnv(item.slice(0, sign))) {
        const spans = new Spans();
        spans.add(sign + 1, item.length, rule.id);
        list[i] = walker.replaced(item, spans, d);
      } else walker.value(list as unknown as Container, String(i), item, d, undefined);
    } else if (isObject(item)) named(walker, item, d + 1, rule);
    else walker.value(list as unknown as Container, String(i), item, d, undefined);
  }
}

/** `{NAME: value}`, as operators and charts write it. */
function environmentMap(walker: Walker, map: Container, d: number, rule: Rule): void {
  for (const name in map) {
    const value = map[name]!;
    walker.enter(d, name);
    const isLeaf = typeof value !== "object" || isRawNumber(value);
    if (isLeaf && !walker.rules.isAllowedEnv(name)) walker.all(map, name, value, d, rule);
    else if (isObject(value)) named(walker, value, d + 1, rule);
    else walker.value(map, name, value, d, undefined);
  }
}

function pairs(walker: Walker, list: JsonValue[], d: number, rule: Rule): void {
  for (let i = 0; i < list.length; i++) {
    const item = list[i]!;
    walker.enter(d, String(i));
    if (isObject(item)) named(walker, item, d + 1, rule);
    else walker.value(list as unknown as Container, String(i), item, d, undefined);
  }
}

/** `{name, value}`: the value goes, unless the environment variable is on the allow list. */
function named(walker: Walker, item: Container, d: number, rule: Rule): void {
  const name = item["name"] ?? item["key"];
  const isAllowed = typeof name === "string" && walker.rules.isAllowedEnv(name);
  for (const key in item) {
    walker.enter(d, key);
    if (/^value$/i.test(key) && !isAllowed) walker.all(item, key, item[key]!, d, rule);
    else walker.member(item, key, item[key]!, d);
  }
}

/** One row of a Table: cells of Secrets and ConfigMaps can only be told by their column. */
function row(
  walker: Walker,
  rows: JsonValue[],
  i: number,
  columns: JsonValue | undefined,
  d: number,
  rule: Rule,
): void {
  const item = rows[i]!;
  if (!isObject(item)) {
    walker.value(rows as unknown as Container, String(i), item, d, undefined);
    return;
  }
  for (const key in item) {
    const value = item[key]!;
    walker.enter(d + 1, key);
    if (key === "object" && isObject(value)) walker.object(value, d + 2, walker.subject.place);
    else if (key === "cells" && Array.isArray(value)) cells(walker, value, columns, d + 2, rule);
    else walker.value(item, key, value, d + 1, undefined);
  }
}

const HARMLESS_COLUMN = /^(?:name|namespace|type|age|data|immutable|created at)$/i;

function cells(walker: Walker, list: JsonValue[], columns: JsonValue | undefined, d: number, rule: Rule): void {
  const isSensitive = walker.subject.resource === "secrets" || walker.subject.resource === "configmaps";
  for (let i = 0; i < list.length; i++) {
    const value = list[i]!;
    const key = String(i);
    walker.enter(d, key);
    const definition = Array.isArray(columns) ? columns[i] : undefined;
    const column = isObject(definition) ? definition["name"] : i === 0 ? "name" : undefined;
    const name = typeof column === "string" ? column : "";
    const goes = typeof value === "string" && (isSensitive ? !HARMLESS_COLUMN.test(name) : isSecretName(name));
    if (goes) walker.all(list as unknown as Container, key, value, d, rule);
    else walker.value(list as unknown as Container, key, value, d, undefined);
  }
}
