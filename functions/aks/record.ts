import type { Item, SkipItem, SourceContext } from "../../shared/adapter.ts";
import type { IngestSource } from "../../shared/event.ts";
import { isObject, parseJson } from "../../shared/json.ts";
import { parseTime } from "../../shared/time.ts";
import { type Channel, eventItem, messageItem, SKIP_NOT_AUDIT } from "../messages.ts";
import { reject } from "../rejects.ts";
import { isContentless } from "../shapes.ts";
import { aksPlace } from "./resource-id.ts";

/** Diagnostic categories that hold audit events; the second is the first without get and list. */
const AUDIT_CATEGORIES = new Set(["kube-audit", "kube-audit-admin"]);

export const OTHER_CATEGORY: SkipItem = { kind: "skip", reason: "other-category" };

/** True when the category is one that holds audit events, or is not given (then the content decides). */
export function isAuditCategory(category: unknown): boolean {
  if (typeof category !== "string" || category === "") return true;
  return AUDIT_CATEGORIES.has(category) || AUDIT_CATEGORIES.has(category.toLowerCase());
}

/**
 * The item of one Azure Monitor diagnostic record. `properties.log` is the event: a JSON text, cut at 16 KiB at times
 * (Azure/AKS issue 4635), or an object. The record's `time` is the delivery time.
 */
export function recordItem(
  record: Record<string, unknown>,
  source: IngestSource,
  id: string | undefined,
  context: SourceContext,
): Item {
  if (!isAuditCategory(record["category"])) return OTHER_CATEGORY;
  const place = aksPlace(record, context);
  const log = logOf(record["properties"]);
  const channel: Channel = { place, source, cutBy: "aks-16k" };
  const delivered = parseTime(record["time"])?.utc;
  if (typeof log === "string") {
    return isContentlessText(log) ? SKIP_NOT_AUDIT : messageItem(log, channel, id, delivered);
  }
  if (!isObject(log)) return reject("bad-envelope", record, "an audit record without properties.log", place);
  return isContentless(log) ? SKIP_NOT_AUDIT : eventItem(log, channel, id, delivered);
}

/** Longer texts have content: `{"kind":"Event","apiVersion":"audit.k8s.io/v1"}` has 48 characters. */
const MAX_CONTENTLESS = 80;

/** AKS writes records whose log is `{"kind":"Event"}` and nothing else (seen in Elastic's fixtures). */
export function isContentlessText(text: string): boolean {
  if (text.length > MAX_CONTENTLESS || !text.includes('"Event"')) return false;
  const value = tryJson(text);
  return isObject(value) && isContentless(value);
}

/** The value of a JSON text, a BOM before it allowed; undefined when it is not JSON. */
export function tryJson(text: string): unknown {
  try {
    return parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

// --- Internal helpers ---

function logOf(properties: unknown): unknown {
  // Some exports write the properties as a JSON text.
  const parsed = typeof properties === "string" ? tryJson(properties) : properties;
  return isObject(parsed) ? parsed["log"] : undefined;
}
