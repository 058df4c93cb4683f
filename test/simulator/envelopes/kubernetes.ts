/** How audit events of a self-managed cluster leave it: log file lines and webhook batches. */
import type { JsonValue, NativeEvent } from "../../../shared/event.ts";
import { wireText } from "../wire.ts";
import { type Delivery, Tally } from "./delivery.ts";

export interface KubernetesOptions {
  /** The truncating backend's limit in bytes of JSON (upstream's default is 102,400); 0: it is off. */
  truncateBytes?: number;
}

const ANNOTATION = "audit.k8s.io/truncated";

/** The event as text, without its bodies when they make it longer than the backend allows. */
function written(event: NativeEvent, options: KubernetesOptions, tally: Tally): { text: string; event: NativeEvent } {
  const text = wireText(event);
  const limit = options.truncateBytes ?? 0;
  if (limit === 0 || text.length <= limit) {
    tally.event();
    return { text, event };
  }
  tally.event("apiserver");
  const { requestObject: _request, responseObject: _response, annotations, ...rest } = event;
  const marked: NativeEvent = {
    ...rest,
    annotations: { [ANNOTATION]: "true", ...(annotations as Record<string, JsonValue>) },
  };
  return { text: wireText(marked), event: marked };
}

/** The file backend: one event a line. `payload` ends in a newline. */
export function* auditLog(events: Iterable<NativeEvent>, options: KubernetesOptions = {}): Generator<Delivery<string>> {
  const tally = new Tally();
  for (const event of events) yield tally.take(`${written(event, options, tally).text}\n`);
}

export interface EventList {
  kind: "EventList";
  apiVersion: "audit.k8s.io/v1";
  metadata: Record<string, never>;
  items: NativeEvent[];
}

/** The webhook backend: what it posts at a time. */
export function* eventLists(
  events: Iterable<NativeEvent>,
  options: KubernetesOptions & { batchSize?: number } = {},
): Generator<Delivery<EventList>> {
  const batchSize = options.batchSize ?? 400;
  const tally = new Tally();
  let items: NativeEvent[] = [];
  const list = (): EventList => ({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items });
  for (const event of events) {
    items.push(written(event, options, tally).event);
    if (items.length === batchSize) {
      yield tally.take(list());
      items = [];
    }
  }
  if (items.length > 0) yield tally.take(list());
}

/** Events as people paste them: indented, one after the other, nothing between them but a line break. */
export function* prettyPrinted(events: Iterable<NativeEvent>): Generator<Delivery<string>> {
  const tally = new Tally();
  for (const event of events) {
    tally.event();
    yield tally.take(`${JSON.stringify(event, null, 2)}\n`);
  }
}

/** One JSON array of all events, in pieces to be joined: a forwarder's HTTP body, or `jq -s`. */
export function* jsonArray(events: Iterable<NativeEvent>): Generator<Delivery<string>> {
  const tally = new Tally();
  let before = "[";
  for (const event of events) {
    tally.event();
    yield tally.take(`${before}${wireText(event)}`);
    before = ",";
  }
  yield tally.take(before === "[" ? "[]" : "]");
}
