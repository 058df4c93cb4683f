import type { Rule } from "./rule.ts";
import { CUSTOM_RESOURCE_RULES } from "./rules-crd.ts";

/**
 * What the redactor takes out by place and shape, as data. `surfaces` are the numbers of docs/redaction.md. What a secret looks
 * like inside any string is in detectors.ts; lists that the rules use are in tables.ts.
 */
export const RULES: readonly Rule[] = [
  // Secrets
  {
    id: "secret.data",
    surfaces: [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 14, 38],
    what: "every value of a Secret's data",
    treatment: "fingerprint",
    kinds: ["Secret"],
    paths: ["data"],
    base64: true,
  },
  {
    id: "secret.string-data",
    surfaces: [1, 2, 3, 4, 7, 8, 9, 10, 13],
    what: "every value of stringData, in a Secret or a template for one",
    treatment: "fingerprint",
    kinds: ["Secret"],
    paths: ["stringData"],
    keys: ["stringData"],
    shape: "whole",
  },
  {
    id: "secret.last-applied",
    surfaces: [6, 11],
    what: "copies of its configuration in the annotations of a Secret",
    treatment: "marker",
    kinds: ["Secret"],
    paths: ["metadata.annotations"],
    shape: "annotations",
  },
  {
    id: "table.cells",
    surfaces: [5],
    what: "cells of a Table of Secrets or ConfigMaps, but the name, the age and numbers",
    treatment: "marker",
    keys: ["rows"],
    shape: "rows",
  },

  // Tokens and certificates
  {
    id: "token-request.token",
    surfaces: [15],
    what: "status.token of a TokenRequest",
    treatment: "fingerprint",
    kinds: ["TokenRequest"],
    paths: ["status.token"],
  },
  {
    id: "token-review.token",
    surfaces: [16],
    what: "spec.token of a TokenReview",
    treatment: "fingerprint",
    kinds: ["TokenReview"],
    paths: ["spec.token"],
  },
  {
    id: "certificate",
    surfaces: [17, 25],
    what: "certificates, requests and CA bundles; the subject stays. A private key pasted instead is taken out whole",
    treatment: "fingerprint",
    kinds: ["CertificateSigningRequest", "CertificateRequest", "ClusterTrustBundle", "PodCertificateRequest"],
    paths: [
      "spec.request",
      "spec.trustBundle",
      "spec.pkixPublicKey",
      "spec.proofOfPossession",
      "spec.stubPKCS10Request",
      "status.certificate",
      "status.certificateChain",
      "status.ca",
    ],
    keys: ["caBundle", "certificate-authority-data", "client-certificate-data"],
    shape: "certificate",
    base64: true,
    subject: true,
  },

  // Workloads, by shape: any kind that embeds a pod template or looks as if it did
  {
    id: "env.value",
    surfaces: [18],
    what: "literal values of environment variables; names and valueFrom stay",
    treatment: "fingerprint",
    keys: [
      "env",
      "envs",
      "envVars",
      "extraEnv",
      "extraEnvs",
      "extraEnvVars",
      "extraVars",
      "environment",
      "environmentVariables",
    ],
    shape: "environment",
  },
  {
    id: "argument",
    surfaces: [19, 20],
    what: "what follows a flag with a secret's name or a program's password option (mysql -p, curl -u)",
    treatment: "fingerprint",
    keys: ["command", "args", "entrypoint", "cmd", "extraArgs", "commandLine", "script"],
    shape: "arguments",
  },
  {
    id: "http-header.value",
    surfaces: [19],
    what: "values of HTTP headers of probes and lifecycle hooks",
    treatment: "fingerprint",
    keys: ["httpHeaders", "headers", "requestHeaders"],
    shape: "headers",
  },
  {
    id: "named-field",
    surfaces: [26, 27, 28, 39],
    what: "a value under a key, or beside a name, that says it is a secret (names.ts)",
    treatment: "fingerprint",
    keys: ["value", "default", "defaultValue"],
    shape: "named-value",
  },
  {
    id: "registry-auth.field",
    surfaces: [13, 26],
    what: "auth of a registry: base64 of user:password",
    treatment: "fingerprint",
    keys: ["auth"],
    shape: "registry-auth",
    base64: true,
  },

  // Configuration
  {
    id: "configmap.data",
    surfaces: [14, 24],
    what: "values of a ConfigMap that is not on the allow list",
    treatment: "fingerprint",
    kinds: ["ConfigMap"],
    paths: ["data", "binaryData"],
  },
  ...CUSTOM_RESOURCE_RULES,
  { id: "policy.path", surfaces: [26, 28], what: "paths that the policy file adds", treatment: "fingerprint" },

  // What every object has
  {
    id: "managed-fields",
    surfaces: [12],
    what: "managedFields, one entry for each array",
    treatment: "drop",
    keys: ["managedFields"],
    shape: "managed-fields",
  },
  {
    id: "annotation.copy",
    surfaces: [6, 11],
    what: "copies of an object's configuration: read and redacted as the object; taken out whole if they cannot be read",
    treatment: "marker",
    keys: ["annotations", "podAnnotations", "commonAnnotations"],
    shape: "annotations",
  },
  {
    id: "annotation.webhook-patch",
    surfaces: [34],
    what: "patches of mutating webhooks: read as a JSON Patch of the event's object; taken out whole if they cannot be read",
    treatment: "marker",
  },
  { id: "annotation.oversize", surfaces: [35], what: "event annotations over 16 KiB", treatment: "marker" },
  {
    id: "list-items",
    surfaces: [3, 4],
    what: "items of lists: each by its own kind, else by the list's, else by the request's",
    treatment: "scan",
    keys: ["items"],
    shape: "items",
  },
  {
    id: "text-only",
    surfaces: [36],
    what: "schemas and quotas: their keys name fields and resources, so only text rules apply",
    treatment: "scan",
    keys: ["openAPIV3Schema", "hard", "used"],
    shape: "plain",
  },

  // The request itself
  {
    id: "exec.argument",
    surfaces: [20],
    what: "arguments of exec and attach after the program: text rules, or all of them",
    treatment: "scan",
  },
  {
    id: "uri.proxy",
    surfaces: [21],
    what: "the path behind the first segment of a proxied request",
    treatment: "fingerprint",
  },
  {
    id: "uri.query",
    surfaces: [21, 22],
    what: "values of query parameters that are not on the known list",
    treatment: "fingerprint",
  },
  { id: "uri.continue", surfaces: [23], what: "continue tokens: they hold object names", treatment: "marker" },
  { id: "uri.selector", surfaces: [23], what: "field selectors on data", treatment: "fingerprint" },
  {
    id: "uri.path",
    surfaces: [22],
    what: "random-looking segments of paths that are not the Kubernetes API's",
    treatment: "fingerprint",
  },
  { id: "uri.fragment", surfaces: [22], what: "fragments of URIs", treatment: "marker" },
  {
    id: "object-name",
    surfaces: [29],
    what: "names of OpenShift OAuth tokens that are the token, wherever the event has them",
    treatment: "fingerprint",
  },
  {
    id: "user.extra",
    surfaces: [30],
    what: "extra user attributes whose key says they are secret",
    treatment: "fingerprint",
  },
  {
    id: "user.access-key-id",
    surfaces: [30],
    what: "accessKeyId of an IAM identity: an identifier, it leads to CloudTrail",
    treatment: "keep",
  },
  { id: "user-agent.oversize", surfaces: [31], what: "user agents over 1 KiB, from there on", treatment: "marker" },
  {
    id: "body.text",
    surfaces: [10],
    what: "bodies that are a text: read as JSON or YAML; taken out whole if they cannot be read",
    treatment: "marker",
  },
  { id: "patch.value", surfaces: [9], what: "values of patches whose place is taken out", treatment: "marker" },

  // Limits
  { id: "fail-closed.depth", surfaces: [45], what: "values nested too deep", treatment: "marker" },
  { id: "fail-closed.nodes", surfaces: [45], what: "values with too many parts", treatment: "marker" },
  {
    id: "fail-closed.text",
    surfaces: [45],
    what: "texts with too many secrets or too many layers of JSON",
    treatment: "marker",
  },
  { id: "fail-closed.error", surfaces: [45], what: "values that made the redactor fail", treatment: "marker" },
  {
    id: "encoded-limit",
    surfaces: [40],
    what: "base64 that is too much to decode, or broken gzip",
    treatment: "marker",
  },
];

/** Rules that are the safety net itself: a policy cannot change them. */
export const FIXED_RULES: ReadonlySet<string> = new Set([
  "fail-closed.depth",
  "fail-closed.nodes",
  "fail-closed.text",
  "fail-closed.error",
  "encoded-limit",
  "patch.value",
  "body.text",
]);
