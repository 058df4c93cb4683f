import { isAlias, parseAllDocuments, stringify, visit } from "yaml";
import type { JsonValue } from "../event.ts";
import { keysInText, keysInTree, parseTree } from "./json.ts";
import { marker } from "./marker.ts";
import type { Place } from "./places.ts";
import type { Container, Walker } from "./walk.ts";

/** JSON in JSON in JSON ...: each layer doubles the backslashes, so honest nesting ends at two or three. */
const MAX_LAYERS = 8;

/** YAML is slow to parse and its aliases can multiply; nobody applies more than an etcd value (1.5 MiB). */
const MAX_YAML = 1 << 20;

/**
 * Redacts JSON inside a string (last-applied configurations, status annotations) and puts it back, as it was if there was nothing
 * in it. Returns whether `text` was a JSON object or array; if not, nothing has happened.
 */
export function nestedJson(
  walker: Walker,
  parent: Container,
  key: string,
  text: string,
  d: number,
  place: Place | undefined,
): boolean {
  const tree = parseTree(text);
  if (tree === undefined) return false;
  const before = walker.changes;
  if (!walkText(walker, parent, key, text, tree, d, place)) return true;
  if (walker.changes > before || keysInText(text) !== keysInTree(tree)) {
    parent[key] = JSON.stringify(tree) + (text.endsWith("\n") ? "\n" : "");
  }
  return true;
}

/** The same for JSON or YAML that has to be one of them; returns false, with nothing done, if it is neither. */
export function nestedManifest(
  walker: Walker,
  parent: Container,
  key: string,
  text: string,
  d: number,
  place: Place | undefined,
): boolean {
  if (nestedJson(walker, parent, key, text, d, place)) return true;
  const documents = parseYaml(text);
  if (documents === undefined) return false;
  const before = walker.changes;
  if (!walkText(walker, parent, key, text, documents, d, place)) return true;
  if (walker.changes > before) parent[key] = documents.map((document) => stringify(document)).join("---\n");
  else walker.value(parent, key, text, d, undefined); // comments
  return true;
}

/** Walks what was read from a text; false if it was too deep and the text is gone. */
function walkText(
  walker: Walker,
  parent: Container,
  key: string,
  text: string,
  tree: JsonValue,
  d: number,
  place: Place | undefined,
): boolean {
  if (walker.textDepth >= MAX_LAYERS) {
    parent[key] = marker("fail-closed.text");
    walker.report(d, "fail-closed.text", text);
    return false;
  }
  walker.textDepth++;
  const outer = walker.moveTo(walker.path(d), Number.POSITIVE_INFINITY);
  if (Array.isArray(tree)) walker.array(tree, d + 1, place);
  else walker.object(tree as Container, d + 1, place);
  walker.moveBack(outer);
  walker.textDepth--;
  return true;
}

/** Objects and arrays of each YAML document; undefined if there is an error, an alias, or anything else. */
function parseYaml(text: string): JsonValue[] | undefined {
  if (text.length > MAX_YAML || !/[:[{-]/.test(text)) return undefined;
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent", uniqueKeys: true, stringKeys: true });
    if (!Array.isArray(documents) || documents.length === 0) return undefined;
    const trees: JsonValue[] = [];
    for (const document of documents) {
      if (document.errors.length > 0) return undefined;
      let hasAlias = false;
      visit(document, (_key, node) => {
        if (isAlias(node)) hasAlias = true;
      });
      if (hasAlias) return undefined;
      const tree = document.toJS() as JsonValue;
      if (typeof tree !== "object" || tree === null) return undefined;
      trees.push(tree);
    }
    return trees;
  } catch {
    return undefined;
  }
}
