import type { AuditEvent, JsonObject, JsonValue } from "../event.ts";
import { FIELDS, redactTokenNames } from "./fields.ts";
import { createFingerprint, type FingerprintKey } from "./fingerprint.ts";
import { isObject } from "./json.ts";
import { escapePointer, marker } from "./marker.ts";
import type { RedactionPolicy } from "./policy.ts";
import type { Redactor } from "./redactor.ts";
import { Ruleset } from "./ruleset.ts";
import { subjectOf } from "./subject.ts";
import { withoutSecrets } from "./text.ts";
import { LimitReached, Walker } from "./walk.ts";

export interface RedactorOptions {
  /** Absent: no fingerprints, markers only. */
  fingerprint?: FingerprintKey;
  /** Absent: the built-in rules as they are. */
  policy?: RedactionPolicy;
}

/**
 * The redactor with the built-in rules (rules.ts, detectors.ts) and the policy's changes. Build one and keep it: it remembers names
 * of keys. Throws on a bad fingerprint key.
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  const walker = createWalker(options, false);
  return {
    redact: (event) => {
      redactEvent(walker, event);
      return walker.hits.length > 0 ? walker.hits : undefined;
    },
  };
}

/** `quietAboutMarkers`: do not note what reads like a marker; for reports about events that have been redacted before. */
export function createWalker(options: RedactorOptions, quietAboutMarkers: boolean): Walker {
  const fingerprint = options.fingerprint === undefined ? undefined : createFingerprint(options.fingerprint);
  return new Walker(new Ruleset(fingerprint, options.policy), quietAboutMarkers);
}

/** Redacts in place; what was taken out is in `walker.hits`. Never throws: a field that cannot be walked goes as a whole. */
export function redactEvent(walker: Walker, event: AuditEvent): void {
  const tree = event as unknown as JsonObject;
  walker.start(subjectOf(tree["objectRef"], walker.rules));
  walker.dropsBodies = walker.rules.dropsCustomResources && isCustom(walker.subject.group, tree["requestObject"]);
  try {
    redactTokenNames(walker, tree);
  } catch {
    // Too deep for this walk is too deep for the next one, which says so.
    walker.forgetPlace();
  }
  for (const key in tree) {
    const before = walker.hits.length;
    walker.enter(0, key);
    try {
      const value = tree[key]!;
      const field = FIELDS.get(key);
      if (field !== undefined) field(walker, tree, key, value);
      else walker.member(tree, key, value, 0);
    } catch (error) {
      const rule = `fail-closed.${error instanceof LimitReached ? error.limit : "error"}`;
      walker.hits.length = before;
      walker.hits.push({ path: `/${escapePointer(key)}`, rule });
      walker.forgetPlace();
      tree[key] = remains(key, tree[key]!, rule);
    }
  }
}

/** Who, what and how it ended: of these the simple members stay. */
const KEPT = new Set(["user", "impersonatedUser", "objectRef", "responseStatus"]);

/** What is left of a field that failed: its marker, or for fields that readers expect to be objects or lists, one without what failed. */
function remains(key: string, value: JsonValue, rule: string): JsonValue {
  if (key === "requestObject" || key === "responseObject") return marker(rule);
  if (Array.isArray(value)) return [];
  if (!isObject(value)) return marker(rule);
  const simple = KEPT.has(key) ? Object.entries(value).filter(([, member]) => typeof member !== "object") : [];
  return Object.fromEntries(
    simple.map(([name, member]) => [name, typeof member === "string" ? withoutSecrets(member) : member]),
  );
}

/** API groups with a dot in their name that belong to Kubernetes end in `k8s.io`; the others are somebody's own. */
function isCustom(group: string, body: JsonValue | undefined): boolean {
  const version = isObject(body) ? body["apiVersion"] : undefined;
  const named =
    group !== "" || typeof version !== "string" || !version.includes("/") ? group : version.split("/", 1)[0]!;
  return named.includes(".") && !named.endsWith(".k8s.io") && named !== "k8s.io";
}
