import type { EventItem, Item, Place, SkipItem, TextItem } from "../shared/adapter.ts";
import type { IngestSource, NativeEvent, TruncatedBy } from "../shared/event.ts";
import { isAuditEvent } from "../shared/native.ts";
import { foreign, foreignText } from "./rejects.ts";
import { isComponentLog } from "./shapes.ts";

/** Where a message was found; the part of an item that all messages of one envelope share. */
export interface Channel {
  readonly place: Place;
  readonly source: IngestSource;
  /** Who is known to cut texts on this path. */
  readonly cutBy: TruncatedBy;
}

export const SKIP_KLOG: SkipItem = { kind: "skip", reason: "klog" };
export const SKIP_EMPTY: SkipItem = { kind: "skip", reason: "empty" };
export const SKIP_NOT_AUDIT: SkipItem = { kind: "skip", reason: "not-audit" };

const OPEN_BRACE = 123;

/**
 * The item of one log message: the text of an event (whole or cut: the core finds out), a component's log line, nothing,
 * or text that is neither. Only the first significant character is looked at; the text is not parsed here.
 */
export function messageItem(
  text: string,
  channel: Channel,
  id: string | undefined,
  delivered: string | undefined,
): Item {
  if (text.charCodeAt(0) === OPEN_BRACE) return textItem(text, channel, id, delivered);
  const start = text.search(/[^\s\uFEFF]/);
  if (start === -1) return SKIP_EMPTY;
  // JSON.parse takes white space before a value but not a BOM.
  if (text.charCodeAt(start) === OPEN_BRACE) return textItem(text.slice(start), channel, id, delivered);
  if (isComponentLog(text.slice(start, start + 16))) return SKIP_KLOG;
  return foreignText(channel.place.provider, text, channel.place);
}

/** The item of one event that the envelope carries as an object. */
export function eventItem(
  event: Record<string, unknown>,
  channel: Channel,
  id: string | undefined,
  delivered: string | undefined,
): Item {
  if (!isAuditEvent(event)) return foreign(channel.place.provider, event, channel.place);
  const item: EventItem = { kind: "event", event: event as NativeEvent, place: channel.place, source: channel.source };
  return id === undefined && delivered === undefined ? item : { ...item, ...trace(id, delivered) };
}

// --- Internal helpers ---

function textItem(text: string, channel: Channel, id: string | undefined, delivered: string | undefined): TextItem {
  const { place, source, cutBy } = channel;
  // One literal for the usual case: this runs for every event of every subscription payload.
  if (id !== undefined && delivered !== undefined) return { kind: "text", text, place, source, cutBy, id, delivered };
  return { kind: "text", text, place, source, cutBy, ...trace(id, delivered) };
}

function trace(id: string | undefined, delivered: string | undefined): { id?: string; delivered?: string } {
  return { ...(id === undefined ? {} : { id }), ...(delivered === undefined ? {} : { delivered }) };
}
