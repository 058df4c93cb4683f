import type { Adapter, Item, RejectReason, SkipReason } from "../../shared/adapter.ts";
import type { AuditEvent } from "../../shared/event.ts";
import { isObject, parseJson } from "../../shared/json.ts";
import { isAuditEvent } from "../../shared/native.ts";
import { isStored } from "./stored.ts";

/** What one value of an input turns out to hold. */
export type Found =
  | {
      readonly kind: "event";
      readonly event: AuditEvent;
      /** True for a line of a ClusterTrail lake. */
      readonly stored: boolean;
      /** RFC 6901 pointer to the event inside the value; empty when the value is the event. */
      readonly at: string;
    }
  | { readonly kind: "empty" }
  | { readonly kind: "other"; readonly reason: RejectReason | SkipReason; readonly hint?: string; readonly at: string };

/**
 * The events in one parsed value or line of text, in order: the event itself (native or from a lake), or what the
 * adapter takes out of a list or a forwarder's record.
 */
export function* eventsIn(value: unknown, adapterFor: (value: unknown) => Adapter | undefined): Generator<Found> {
  if (isStored(value)) {
    yield { kind: "event", event: value, stored: true, at: "" };
    return;
  }
  const adapter = adapterFor(value);
  if (adapter === undefined) {
    yield { kind: "other", reason: typeof value === "string" ? "not-json" : "unrecognised", at: "" };
    return;
  }
  const list = listIn(value);
  let index = 0;
  for (const item of adapter.decode(value, {})) yield found(item, list === undefined ? "" : `${list}/${index++}`);
}

/** Pointer to the list whose elements an adapter makes one item of each. */
function listIn(value: unknown): string | undefined {
  if (Array.isArray(value)) return "";
  return isObject(value) && Array.isArray(value["items"]) ? "/items" : undefined;
}

function found(item: Item, at: string): Found {
  switch (item.kind) {
    case "event":
      return { kind: "event", event: item.event as unknown as AuditEvent, stored: isStored(item.event), at };
    case "text":
      return textFound(item.text, at);
    case "skip":
      return item.reason === "empty" ? { kind: "empty" } : { kind: "other", reason: item.reason, at };
    case "reject":
      return item.hint === undefined
        ? { kind: "other", reason: item.reason, at }
        : { kind: "other", reason: item.reason, hint: item.hint, at };
  }
}

function textFound(text: string, at: string): Found {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return { kind: "other", reason: "not-json", hint: "it is cut or damaged", at };
  }
  if (isStored(value)) return { kind: "event", event: value, stored: true, at };
  if (isAuditEvent(value)) return { kind: "event", event: value as unknown as AuditEvent, stored: false, at };
  return { kind: "other", reason: isObject(value) ? "not-an-event" : "not-an-object", at };
}
