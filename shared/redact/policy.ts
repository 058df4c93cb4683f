import type { Treatment } from "./rule.ts";

/** What a policy may make of a rule. */
export type Mode = Exclude<Treatment, "scan">;

/** Changes to the built-in rules. Everything is optional; an empty policy is the default redaction. */
export interface RedactionPolicy {
  /** Rule id (rules.ts, detectors.ts) to mode. */
  rules?: Readonly<Record<string, Mode>>;
  /** More ConfigMaps whose values stay (text rules apply): `namespace/name`, `*` for any. */
  configMaps?: { allow: readonly string[] };
  /** Environment variables whose values stay (text rules apply). */
  env?: { allow: readonly string[] };
  /** Annotation keys that are not read as copies of an object (text rules and names of keys apply). */
  annotations?: { allow: readonly string[] };
  /** More places to take out, by kind. Path: dotted, arrays left out, for example `spec.auth.pin`. */
  paths?: readonly PolicyPath[];
  /** Bodies of custom resources: text rules and names of keys (the default), or nothing but their metadata. */
  unknownCustomResources?: "scan" | "drop";
}

export interface PolicyPath {
  kind: string;
  path: string;
}
