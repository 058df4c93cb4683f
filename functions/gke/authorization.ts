import { isTrue, objectOf, textOf } from "./entry.ts";

export const DECISION = "authorization.k8s.io/decision";

/** What `authorizationInfo` says: every permission granted, one not granted, or nothing at all. */
export type Grant = "granted" | "refused" | undefined;

/**
 * Reads `protoPayload.authorizationInfo`. A `granted` that is absent counts as false: proto3 JSON leaves false out, and
 * GKE's refused requests have it absent (gke-labs/kube-agents human_denied.json, unauthenticated_bot.json).
 */
export function grantOf(authorizationInfo: unknown): Grant {
  if (!Array.isArray(authorizationInfo) || authorizationInfo.length === 0) return undefined;
  return authorizationInfo.every((info: unknown) => isTrue(objectOf(info)?.["granted"])) ? "granted" : "refused";
}

/** The resource that `authorizationInfo` names: the same text as resourceName, for entries that lack that. */
export function authorizedResource(authorizationInfo: unknown): string | undefined {
  return Array.isArray(authorizationInfo) ? textOf(objectOf(authorizationInfo[0])?.["resource"]) : undefined;
}

/**
 * The authorizer's decision where no label names it (entries of 2018 have no such label).
 *
 * `granted` is false for whatever ended with 401 or 403, also for what admission refused after the authorizer had
 * allowed it; so a refusal is a `forbid` only when the status is a 403 whose message is not admission's, or when there
 * is no status to contradict it. Any other code comes from behind the authorizer: no decision is assumed.
 *
 * @param grpc the gRPC code if the entry has one
 * @param status the event's responseStatus
 */
export function decisionOf(
  grant: Grant,
  grpc: number | undefined,
  status: Record<string, unknown> | undefined,
): "allow" | "forbid" | undefined {
  if (grant === "granted") return "allow";
  if (grant === undefined) return undefined;
  const code = status?.["code"];
  if (code === undefined) return grpc === undefined ? "forbid" : undefined;
  return code === 403 && !isAdmission(status?.["message"]) ? "forbid" : undefined;
}

/**
 * True for the message of a 403 that admission wrote: `pods "x" is forbidden: exceeded quota` or `admission webhook "y"
 * denied the request`. The authorizer writes `pods "x" is forbidden: User "u" cannot ...`
 * (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go, pkg/admission/errors.go).
 */
function isAdmission(message: unknown): boolean {
  if (typeof message !== "string") return false;
  if (message.includes("admission webhook ")) return true;
  return message.includes(" is forbidden: ") && !message.includes(" is forbidden: User ");
}
