/**
 * - `fingerprint`: the value becomes a marker, the sidecar gets a keyed fingerprint (without a key, no fingerprint)
 * - `marker`: the value becomes a marker
 * - `drop`: key and value go
 * - `scan`: text rules only
 * - `keep`: stays as it is, text rules too
 */
export type Treatment = "fingerprint" | "marker" | "drop" | "scan" | "keep";

/** How a value under one of a rule's `keys` is read; each is a function in shapes.ts. */
export type Shape =
  | "annotations"
  | "arguments"
  | "certificate"
  | "environment"
  | "headers"
  | "items"
  | "managed-fields"
  | "named-value"
  | "paths"
  | "plain"
  | "registry-auth"
  | "rows"
  | "whole";

export interface Rule {
  readonly id: string;
  readonly surfaces: readonly number[];
  /** In words, for the documentation. */
  readonly what: string;
  readonly treatment: Treatment;
  /** Objects of these kinds (bodies, list items, embedded manifests) ... */
  readonly kinds?: readonly string[];
  /** ... at these paths; everything below. Arrays count for nothing in a path. */
  readonly paths?: readonly string[];
  /** These keys, in any object of any kind; letter case and strategic merge directives count for nothing. */
  readonly keys?: readonly string[];
  /** Without `kinds`, `paths` start at the value of one of the keys (shape `paths`). */
  readonly shape?: Shape;
  /** The value is base64 of the secret: the fingerprint is over the decoded bytes. */
  readonly base64?: true;
  /** The marker is followed by the subject of the certificate (request). */
  readonly subject?: true;
}
