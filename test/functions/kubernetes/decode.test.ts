import { describe, expect, it } from "vitest";
import { kubernetes } from "../../../functions/kubernetes/decode.ts";
import type { Item, SourceContext } from "../../../shared/adapter.ts";
import { describeAdapter } from "../adapter-contract.ts";
import { CORE_EVENT, corpus, event, events, id, KLOG, text } from "../sample-events.ts";

const context: SourceContext = { cluster: "metal" };
const ids = [id(1), id(2)];
const decode = (value: unknown, given: SourceContext = context): Item[] => [...kubernetes.decode(value, given)];

describeAdapter(kubernetes, [
  { name: "event", value: event(1), context, recognised: "audit.k8s.io event", expected: { event: 1 }, order: [id(1)] },
  {
    name: "array of events",
    value: [event(1), event(2)],
    context,
    recognised: "array, audit.k8s.io event",
    expected: { event: 2 },
    order: ids,
    records: [],
  },
  { name: "empty array", value: [], recognised: "empty array", expected: { skip: { empty: 1 } } },
  {
    name: "webhook EventList",
    value: { kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items: [event(1), event(2)] },
    context,
    recognised: "audit webhook EventList",
    expected: { event: 2 },
    order: ids,
    records: ["items"],
  },
  {
    name: "EventList with nothing in it",
    value: { kind: "EventList", apiVersion: "audit.k8s.io/v1", items: [] },
    expected: { skip: { empty: 1 } },
  },
  {
    name: "EventList without a list",
    value: { kind: "EventList", apiVersion: "audit.k8s.io/v1", items: "none" },
    recognised: "audit webhook EventList",
    expected: { reject: { "bad-envelope": 1 } },
  },
  {
    name: "EventList of core/v1 Events",
    value: { kind: "EventList", apiVersion: "v1", items: [CORE_EVENT] },
    recognised: null,
    expected: { skip: { "not-audit": 1 } },
  },
  {
    name: "List of events",
    value: { kind: "List", apiVersion: "v1", items: [event(1), CORE_EVENT] },
    recognised: "list of audit.k8s.io events",
    expected: { event: 1, skip: { "not-audit": 1 } },
    records: ["items"],
  },
  {
    name: "v1beta1 event with the times of its age",
    value: {
      kind: "Event",
      apiVersion: "audit.k8s.io/v1beta1",
      timestamp: "2018-06-01T08:00:00Z",
      auditID: id(1),
      verb: "get",
    },
    recognised: "audit.k8s.io event",
    expected: { event: 1 },
  },
  {
    name: "partial event: no auditID, no kind",
    value: { verb: "create", user: { username: "alex@example.com" } },
    recognised: "audit.k8s.io event",
    expected: { event: 1 },
  },
  {
    name: "partial event: no auditID, no verb",
    value: { kind: "Event", apiVersion: "audit.k8s.io/v1", user: { username: "system:anonymous" } },
    recognised: "audit.k8s.io event",
    expected: { event: 1 },
  },
  {
    name: "Fluent Bit records with the line in log",
    value: [
      { date: 1_795_309_323.5, log: text(1) },
      { date: 1_795_309_324, log: event(2) },
      { date: 1_795_309_325, log: KLOG },
    ],
    context,
    recognised: "array, forwarder record",
    expected: { text: 1, event: 1, skip: { klog: 1 } },
    order: ids,
    records: [],
  },
  {
    name: "Fluent Bit record with the event at its root",
    value: { date: 1_795_309_323.5, ...event(1) },
    recognised: "audit.k8s.io event",
    expected: { event: 1 },
  },
  {
    name: "Vector records with the line in message",
    value: [
      {
        file: "/var/log/audit.log",
        host: "cp-1",
        message: text(1),
        source_type: "file",
        timestamp: "2026-11-22T01:02:05Z",
      },
      { file: "/var/log/audit.log", host: "cp-1", message: text(2).slice(0, 120), source_type: "file" },
    ],
    recognised: "array, forwarder record",
    expected: { text: 2 },
    records: [],
  },
  {
    name: "Vector record with the event parsed",
    value: { message: event(1) },
    recognised: "forwarder record",
    expected: { event: 1 },
  },
  { name: "array of texts", value: [text(1), KLOG], expected: { text: 1, skip: { klog: 1 } }, records: [] },
  { name: "cut event", value: text(1).slice(0, 150), recognised: "cut audit.k8s.io event", expected: { text: 1 } },
  { name: "cut EventList", value: '{"kind":"EventList","items":[{"au', recognised: null, expected: { text: 1 } },
  { name: "klog line", value: KLOG, recognised: "component log line", expected: { skip: { klog: 1 } } },
  { name: "empty line", value: "  ", recognised: null, expected: { skip: { empty: 1 } } },
  { name: "prose", value: "hello", recognised: null, expected: { reject: { "not-json": 1 } } },
  { name: "number", value: 7, recognised: null, expected: { reject: { "not-an-object": 1 } } },
  { name: "core/v1 Event", value: CORE_EVENT, recognised: null, expected: { skip: { "not-audit": 1 } } },
  { name: "constants alone", value: { kind: "Event" }, recognised: null, expected: { reject: { "not-an-event": 1 } } },
  { name: "a Pod", value: { kind: "Pod", metadata: { name: "p" } }, expected: { reject: { "not-an-event": 1 } } },
  {
    name: "CloudWatch event, whose message is not a forwarder's",
    value: { eventId: "1", timestamp: 1, message: text(1) },
    recognised: null,
    expected: { reject: { "wrong-source": 1 } },
  },
  {
    name: "export-task line",
    value: `2026-11-22T01:02:03.456Z ${text(1)}`,
    recognised: null,
    expected: { reject: { "wrong-source": 1 } },
  },
  {
    name: "Pub/Sub push",
    value: { message: { data: "e30=", messageId: "1" }, subscription: "s" },
    recognised: null,
    expected: { reject: { "wrong-source": 1 } },
  },
]);

describe("kubernetes: place, source and time", () => {
  it("knows the cluster from the caller only; its name is its id", () => {
    const [item] = decode(event(1), { cluster: "metal", account: "site-a", region: "room-2" });
    expect(item).toEqual({
      kind: "event",
      event: event(1),
      place: {
        provider: "kubernetes",
        cloud: "none",
        account: "site-a",
        region: "room-2",
        cluster: "metal",
        clusterId: "metal",
      },
      source: "audit-log",
    });
    expect(decode(event(1), {})[0]).toMatchObject({ place: { provider: "kubernetes", cloud: "none" } });
  });

  it("tells the webhook from the log", () => {
    expect(decode({ kind: "EventList", items: [event(1)] })[0]).toMatchObject({ source: "audit-webhook" });
    expect(decode({ log: text(1) })[0]).toMatchObject({ source: "audit-log", cutBy: "input" });
  });

  it.each([
    [{ date: 1_795_309_323.5 }, "2026-11-22T01:02:03.500Z"],
    [{ date: "2026-11-22T01:02:03.000000Z" }, "2026-11-22T01:02:03.000000Z"],
    [{ timestamp: "2026-11-22T02:02:03.1+01:00" }, "2026-11-22T01:02:03.1Z"],
    [{ time: "2026-11-22T01:02:03.123456789Z", stream: "stdout" }, "2026-11-22T01:02:03.123456789Z"],
    [{ "@timestamp": "2026-11-22T01:02:03Z" }, "2026-11-22T01:02:03Z"],
  ])("reads a forwarder's stamp %j", (stamp, delivered) => {
    expect(decode({ ...stamp, log: text(1) })[0]).toMatchObject({ delivered });
  });

  it("does not take a bad stamp", () => {
    for (const date of [-1, 1e15, "yesterday", null]) {
      expect(decode({ date, log: text(1) })[0]).not.toHaveProperty("delivered");
    }
  });

  it("hands an event on as the same object, unknown keys and all", () => {
    const odd = { ...event(1), somethingNew: { a: [1] } };
    expect(events(decode(odd))[0]).toBe(odd);
  });
});

const corpusFiles = [
  ["kubernetes/audit2rbac.ndjson", 37],
  ["kubernetes/falco.ndjson", 28],
  ["kubernetes/khi-oss.ndjson", 1],
  ["kubernetes/rbac-tool.ndjson", 3],
] as const;

describe.each(corpusFiles)("kubernetes: corpus %s", (file, count) => {
  const lines = corpus(file);

  it.runIf(lines !== undefined)("yields every event, unchanged, and is recognised", () => {
    const values = (lines ?? []).map((line) => JSON.parse(line) as unknown);
    expect(events(values.flatMap((value) => decode(value)))).toEqual(values);
    expect(values).toHaveLength(count);
    expect(new Set(values.map((value) => kubernetes.recognise(value)))).toEqual(new Set(["audit.k8s.io event"]));
  });
});
