import type { Request } from "./request.ts";

export type Level = "Metadata" | "Request" | "RequestResponse";

/**
 * What the simulated API server is told to record.
 * - `managed`: the policy that EKS publishes and that GKE's is derived from; users of managed clusters cannot change it.
 * - `metadata`: everything, without bodies.
 * - `request-response`: everything, with bodies, secrets included: the worst that a self-managed cluster can do.
 */
export type PolicyName = "managed" | "metadata" | "request-response";

export interface Verdict {
  readonly level: Level | "None";
  readonly received: boolean;
}

const NONE: Verdict = { level: "None", received: false };
const METADATA: Verdict = { level: "Metadata", received: false };
const REQUEST: Verdict = { level: "Request", received: false };
const REQUEST_RECEIVED: Verdict = { level: "Request", received: true };
const BOTH: Verdict = { level: "RequestResponse", received: false };

const KNOWN_GROUPS = new Set([
  "",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "apps",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "extensions",
  "metrics.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "scheduling.k8s.io",
  "settings.k8s.io",
  "storage.k8s.io",
]);

const READS = new Set(["get", "list", "watch"]);

type Rule = readonly [verdict: Verdict, matches: (request: Request, username: string) => boolean];

/** The published managed policy, in its order; the first rule that matches decides. */
const MANAGED: readonly Rule[] = [
  [BOTH, (r) => r.target?.name === "aws-auth" && is(r, "", "configmaps") && !READS.has(r.verb)],
  [
    NONE,
    (r, user) => user === "system:serviceaccount:kube-system:kube-proxy" && r.verb === "watch" && is(r, "", "services"),
  ],
  [NONE, (r, user) => user.startsWith("system:node:") && r.verb === "get" && is(r, "", "nodes")],
  [NONE, (r, user) => user === "system:apiserver" && r.verb === "get" && is(r, "", "namespaces")],
  [NONE, (r, user) => user === "system:kube-controller-manager" && r.target?.group === "metrics.k8s.io"],
  [NONE, (r) => r.path !== undefined && /^\/(healthz|version|swagger)/.test(r.path)],
  [NONE, (r) => is(r, "", "events")],
  [
    REQUEST,
    (r, user) => user.startsWith("system:node:") && r.target?.subresource === "status" && r.target.group === "",
  ],
  [
    REQUEST,
    (r, user) => user === "system:serviceaccount:kube-system:namespace-controller" && r.verb === "deletecollection",
  ],
  [METADATA, (r) => is(r, "", "secrets") || is(r, "", "configmaps") || is(r, "authentication.k8s.io", "tokenreviews")],
  [REQUEST_RECEIVED, (r) => is(r, "", "serviceaccounts") && r.target?.subresource === "token"],
  [REQUEST, (r) => r.target !== undefined && READS.has(r.verb) && KNOWN_GROUPS.has(r.target.group)],
  [BOTH, (r) => r.target !== undefined && KNOWN_GROUPS.has(r.target.group)],
];

function is(request: Request, group: string, resource: string): boolean {
  return request.target?.resource === resource && request.target.group === group;
}

/** The level and stages at which `policy` records `request`. */
export function verdictOf(policy: PolicyName, request: Request): Verdict {
  if (policy === "metadata") return METADATA;
  if (policy === "request-response") return BOTH;
  const username = String(request.actor.user["username"] ?? "");
  for (const [verdict, matches] of MANAGED) if (matches(request, username)) return verdict;
  return METADATA;
}
