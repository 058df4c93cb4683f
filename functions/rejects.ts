import type { Item, Place, RejectItem, RejectReason } from "../shared/adapter.ts";
import type { ClusterProvider } from "../shared/event.ts";
import { isObject } from "../shared/json.ts";
import { isCoreEvent, recogniseShape } from "./shapes.ts";

/**
 * A record that cannot be used, with its raw text for quarantine.
 * @param record the unusable part: the text itself, its bytes, or a parsed value (written back as JSON)
 * @param hint one line for the operator; must not quote the record
 */
export function reject(reason: RejectReason, record: unknown, hint: string, place?: Place): RejectItem {
  const raw = rawOf(record);
  return {
    kind: "reject",
    reason,
    ...(raw === undefined ? {} : { raw }),
    ...(place === undefined ? {} : { place }),
    hint,
  };
}

/**
 * What becomes of a value that is none of `own`'s envelopes: a core/v1 Event is skipped, another adapter's envelope is
 * rejected as wrong-source with the `--source` to use, the rest as what it is not.
 */
export function foreign(own: ClusterProvider, value: unknown, place?: Place): Item {
  if (isObject(value)) {
    if (isCoreEvent(value)) return { kind: "skip", reason: "not-audit" };
    const found = recogniseShape(value);
    if (found !== undefined && found.provider !== own) return wrongSource(found, value, place);
    return reject("not-an-event", value, "no field of an audit event and no known envelope around one", place);
  }
  return reject("not-an-object", value, "expected a JSON object or a list of them", place);
}

/** `foreign`, for a line of text that is not JSON. */
export function foreignText(own: ClusterProvider, text: string, place?: Place): RejectItem {
  const found = recogniseShape(text);
  if (found !== undefined && found.provider !== own) return wrongSource(found, text, place);
  if (/^[\s\uFEFF]*\{\s*'/.test(text)) {
    return reject("not-json", text, "single quotes around keys: this is a Python dict, not JSON", place);
  }
  return reject("not-json", text, "neither JSON nor a component log line", place);
}

// --- Internal helpers ---

function wrongSource(found: { provider: ClusterProvider; envelope: string }, record: unknown, place?: Place) {
  const hint = `looks like ${found.provider} (${found.envelope}); use --source ${found.provider} or auto`;
  return reject("wrong-source", record, hint, place);
}

function rawOf(record: unknown): string | Uint8Array | undefined {
  if (typeof record === "string" || record instanceof Uint8Array) return record;
  try {
    return JSON.stringify(record);
  } catch {
    // Nested deeper than the stack allows: the whole record as it came stands in.
    return undefined;
  }
}
