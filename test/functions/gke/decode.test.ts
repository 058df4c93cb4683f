import { describe, expect, it } from "vitest";
import { gke } from "../../../functions/gke/decode.ts";
import type { EventItem, Item, SourceContext } from "../../../shared/adapter.ts";
import { describeAdapter } from "../adapter-contract.ts";
import { event, KLOG } from "../sample-events.ts";
import { auditId, base64, entry, numbered } from "./entries.ts";

const decode = (value: unknown, context: SourceContext = {}): Item[] => [...gke.decode(value, context)];
const message = (value: unknown) => ({ data: base64(value), messageId: "1", publishTime: "2026-11-22T01:02:06Z" });
const ids = [auditId(1), auditId(2)];

describeAdapter(gke, [
  { name: "entry", value: entry(), recognised: "Cloud Logging entry", expected: { event: 1 }, order: [auditId(1)] },
  {
    name: "output of gcloud logging read",
    value: [numbered(1), numbered(2)],
    recognised: "array, Cloud Logging entry",
    expected: { event: 2 },
    order: ids,
    records: [],
  },
  {
    name: "entries.list page",
    value: { entries: [numbered(1), numbered(2)], nextPageToken: "t" },
    expected: { event: 2 },
    order: ids,
    records: ["entries"],
  },
  {
    name: "Pub/Sub push body",
    value: { message: message(numbered(1)), subscription: "projects/example-project/subscriptions/audit" },
    recognised: "Pub/Sub push body",
    expected: { event: 1 },
    order: [auditId(1)],
  },
  {
    name: "Pub/Sub push body in snake case, alone",
    value: { message: { data: base64(numbered(1)), message_id: "1", publish_time: "2026-11-22T01:02:06Z" } },
    recognised: "Pub/Sub push body",
    expected: { event: 1 },
  },
  {
    name: "Pub/Sub pull response",
    value: { receivedMessages: [numbered(1), numbered(2)].map((e) => ({ ackId: "a", message: message(e) })) },
    recognised: "Pub/Sub pull response",
    expected: { event: 2 },
    order: ids,
    records: ["receivedMessages"],
  },
  {
    name: "output of gcloud pubsub subscriptions pull",
    value: [{ ackId: "a", message: message(numbered(1)) }],
    recognised: "array, Pub/Sub push body",
    expected: { event: 1 },
    records: [],
  },
  {
    name: "Pub/Sub message",
    value: message(numbered(1)),
    recognised: "Pub/Sub message",
    expected: { event: 1 },
  },
  {
    name: "message with a list of entries",
    value: message([numbered(1), numbered(2)]),
    expected: { event: 2 },
    order: ids,
  },
  { name: "message with an empty list", value: message([]), expected: { skip: { empty: 1 } } },
  {
    name: "message of attributes",
    value: { attributes: {}, data: "", messageId: "1" },
    expected: { skip: { empty: 1 } },
  },
  { name: "empty pull", value: { receivedMessages: [] }, expected: { skip: { empty: 1 } } },
  { name: "empty list", value: [], expected: { skip: { empty: 1 } } },
  {
    name: "entry of GKE's own API",
    value: entry({ serviceName: "container.googleapis.com" }),
    expected: { skip: { "other-service": 1 } },
  },
  {
    name: "entry of another log",
    value: { logName: "projects/p/logs/stdout", insertId: "i", textPayload: "x" },
    expected: { skip: { "not-audit": 1 } },
  },
  {
    name: "entry without a payload",
    value: { logName: "projects/p/logs/stdout", insertId: "i" },
    expected: { skip: { "not-audit": 1 } },
  },
  {
    name: "payload that is no AuditLog",
    value: { protoPayload: { "@type": "type.googleapis.com/google.appengine.logging.v1.RequestLog" } },
    expected: { skip: { "not-audit": 1 } },
  },
  {
    name: "audit entry without its payload",
    value: { logName: "projects/p/logs/cloudaudit.googleapis.com%2Factivity", insertId: "i" },
    expected: { reject: { "bad-envelope": 1 } },
  },
  {
    name: "payload that is a text",
    value: entry({}, { protoPayload: "x" }),
    expected: { reject: { "bad-envelope": 1 } },
  },
  {
    name: "payload without a request",
    value: { protoPayload: { serviceName: "k8s.io" } },
    expected: { reject: { "bad-envelope": 1 } },
  },
  {
    name: "payload of an unnamed service",
    value: { protoPayload: { methodName: "Do", resourceName: "x" } },
    expected: { reject: { "bad-envelope": 1 } },
  },
  {
    name: "message whose data is a number",
    value: { data: 7, messageId: "1" },
    expected: { reject: { "bad-envelope": 1 } },
  },
  {
    name: "message with other text",
    value: { data: Buffer.from("prose").toString("base64"), messageId: "1" },
    expected: { reject: { "not-json": 1 } },
  },
  { name: "message with an audit.k8s.io event", value: message(event(1)), expected: { reject: { "wrong-source": 1 } } },
  { name: "audit.k8s.io event", value: event(1), recognised: null, expected: { reject: { "wrong-source": 1 } } },
  { name: "component log line", value: KLOG, recognised: null, expected: { reject: { "wrong-source": 1 } } },
  { name: "cut entry", value: JSON.stringify(entry()).slice(0, 300), expected: { reject: { "not-json": 1 } } },
  { name: "entry behind a BOM", value: `\uFEFF${JSON.stringify(entry())}`, expected: { event: 1 } },
]);

describe("decode", () => {
  const only = (value: unknown, context?: SourceContext) => decode(value, context)[0] as EventItem;

  it("names the record, the path and the time of delivery as the source does", () => {
    expect(only(entry())).toMatchObject({
      source: "cloud-logging",
      id: auditId(1),
      delivered: "2026-11-22T01:02:05.100200300Z",
    });
    const push = { message: message(entry()), subscription: "s" };
    expect(only(push)).toMatchObject({ source: "pubsub", id: auditId(1), delivered: "2026-11-22T01:02:05.100200300Z" });
  });

  it("falls back on the message for what the entry does not say", () => {
    const bare = entry({}, { insertId: undefined, receiveTimestamp: undefined });
    expect(only({ message: message(bare) })).toMatchObject({ id: "1", delivered: "2026-11-22T01:02:06Z" });
    expect(only(bare)).not.toHaveProperty("id");
    expect(only(bare)).not.toHaveProperty("delivered");
  });

  it("gives the same event by every path", () => {
    const { event: direct, inferred, place } = only(entry());
    for (const value of [
      [entry()],
      { message: message(entry()) },
      { receivedMessages: [{ message: message(entry()) }] },
    ]) {
      expect(only(value)).toMatchObject({ event: direct, inferred, place });
    }
  });

  it("places the cluster by its labels, and by the caller where they are silent", () => {
    const place = {
      provider: "gke",
      cloud: "gcp",
      account: "example-project",
      region: "europe-west1",
      cluster: "prod",
      clusterId: "//container.googleapis.com/projects/example-project/locations/europe-west1/clusters/prod",
    };
    expect(only(entry(), { account: "other", region: "other", cluster: "other" }).place).toEqual(place);
    const silent = entry({}, { resource: { type: "k8s_cluster", labels: { project_id: "example-project" } } });
    expect(only(silent, { account: "other", region: "europe-west1", cluster: "prod" }).place).toEqual(place);
    expect(only(silent).place).toEqual({ provider: "gke", cloud: "gcp", account: "example-project" });
    const zonal = {
      type: "k8s_cluster",
      labels: { project_id: "example-project", zone: "us-east1-b", cluster_name: "c" },
    };
    expect(only(entry({}, { resource: zonal })).place).toMatchObject({ region: "us-east1-b", cluster: "c" });
  });

  it("shares one place among deliveries", () => {
    expect(only(numbered(1)).place).toBe(only(numbered(2)).place);
  });

  it("takes an entry for one of Kubernetes by its resource or its method where no service is named", () => {
    const unnamed = (payload: Record<string, unknown>, outer: Record<string, unknown>) =>
      decode(entry({ serviceName: undefined, ...payload }, outer))[0]?.kind;
    expect(unnamed({ methodName: "com.example.v1.things.get" }, {})).toBe("event");
    expect(unnamed({}, { resource: undefined })).toBe("event");
    expect(unnamed({ methodName: "com.example.v1.things.get" }, { resource: undefined })).toBe("reject");
  });

  it("keeps numbers that a double cannot hold, through Pub/Sub too", () => {
    const data = Buffer.from(JSON.stringify(entry()).replace('"code":0', '"code":0,"big":12345678901234567890'));
    const request = data.toString().replace('"status":{', '"request":{"n":12345678901234567890},"status":{');
    const item = only({ data: Buffer.from(request).toString("base64"), messageId: "1" });
    expect(JSON.stringify(item.event["requestObject"])).toBe('{"n":12345678901234567890}');
  });
});
