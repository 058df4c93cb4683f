import { parseJson } from "../../shared/json.ts";
import { type LogEntry, objectOf } from "./entry.ts";

/** The column that a BigQuery sink puts an AuditLog into. */
export const AUDIT_COLUMN = "protopayload_auditlog";

/**
 * Turns a row of a BigQuery sink's audit table back into the LogEntry it was made of: the AuditLog from its column, the
 * bodies from the JSON texts `requestJson` and `responseJson`. A body that is no JSON (cut by a tool) stays text.
 * Source: Cloud Logging documentation, "BigQuery schema for logs", audit log fields; no public row of a k8s.io entry was found.
 */
export function entryOfRow(row: LogEntry): LogEntry {
  const { requestJson, responseJson, ...audit } = objectOf(row[AUDIT_COLUMN]) ?? {};
  return { ...row, protoPayload: { ...audit, request: bodyOfJson(requestJson), response: bodyOfJson(responseJson) } };
}

function bodyOfJson(json: unknown): unknown {
  if (typeof json !== "string") return json ?? undefined;
  if (json === "") return undefined;
  try {
    return parseJson(json);
  } catch {
    return json;
  }
}
