import { isObject } from "./json.ts";

/** One field of an event besides its constants; with `apiVersion: audit.k8s.io/...` any of them is enough. */
const EVENT_FIELDS = ["verb", "user", "objectRef", "requestURI", "stage", "level", "sourceIPs", "responseStatus"];

/**
 * True for an `audit.k8s.io` Event of any version, whole or partial: it has an auditID, or a verb and one of the fields
 * that only an audited request has, or it names its API group and has any field besides. Looks at top keys only.
 */
export function isAuditEvent(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  if (typeof value["auditID"] === "string" && value["auditID"] !== "") return true;
  if (typeof value["verb"] === "string") {
    if (isObject(value["user"]) || isObject(value["objectRef"]) || Array.isArray(value["sourceIPs"])) return true;
    if (typeof value["requestURI"] === "string" || typeof value["stage"] === "string") return true;
  }
  const version = value["apiVersion"];
  if (typeof version !== "string" || !version.startsWith("audit.k8s.io/")) return false;
  return EVENT_FIELDS.some((key) => value[key] !== undefined);
}
