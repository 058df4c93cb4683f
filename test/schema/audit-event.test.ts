import { globSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { EventItem, Place } from "../../shared/adapter.ts";
import type { NativeEvent } from "../../shared/event.ts";
import { normalise } from "../../shared/normalise.ts";

const schema = JSON.parse(readFileSync(new URL("../../schema/audit-event.schema.json", import.meta.url), "utf8")) as {
  $id: string;
};
const ajv = new Ajv2020({ strict: true, allErrors: true });
const valid = ajv.compile(schema);
const wellTyped = ajv.compile({ $ref: `${schema.$id}#/$defs/wellTyped` });

type Json = Record<string, unknown>;

function minimal(): Json {
  return {
    time: "2026-11-22T01:02:03.456789Z",
    cloud: { provider: "aws" },
    cluster: { provider: "eks", name: "prod", id: "arn:aws:eks:eu-west-1:111122223333:cluster/prod" },
    ingest: { schema: 1, source: "cloudwatch-logs", id: "37", eventId: "0123456789abcdef0123456789abcdef" },
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
  };
}

function full(): Json {
  return {
    ...minimal(),
    cloud: { provider: "aws", account: { id: "111122223333" }, region: "eu-west-1" },
    ingest: {
      schema: 1,
      source: "cloudwatch-logs",
      id: "37",
      delivered: "2026-11-22T01:02:09Z",
      eventId: "0123456789abcdef0123456789abcdef",
      inferred: ["stage"],
      redactions: [{ path: "/requestObject/data/tls~1key", rule: "secret.data", fp: "9f3c" }],
      truncated: { by: "apiserver", missing: ["responseObject"] },
      split: { uid: "a", index: 0, total: 2 },
    },
    level: "RequestResponse",
    auditID: "0b1e",
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/shop/secrets",
    verb: "create",
    user: { username: "jane@example.com", groups: ["dev"], extra: { arn: ["arn:aws:iam::111122223333:user/jane"] } },
    sourceIPs: ["203.0.113.7"],
    objectRef: { resource: "secrets", namespace: "shop", name: "db", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 201 },
    annotations: { "authorization.k8s.io/decision": "allow" },
    futureKey: { anything: 1 },
    requestObject: "skipped-too-big-size-object",
    responseObject: [1],
  };
}

/** The event with the value at a dotted path replaced; undefined takes it out. */
function withValue(event: Json, path: string, value: unknown): Json {
  const copy = structuredClone(event);
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce<Json>((object, key) => object[key] as Json, copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

describe("schema of the audit event", () => {
  it("takes an event with every key and one with none but the guaranteed", () => {
    expect(valid(full()), JSON.stringify(valid.errors)).toBe(true);
    expect(valid(minimal()), JSON.stringify(valid.errors)).toBe(true);
    expect(wellTyped(full()), JSON.stringify(wellTyped.errors)).toBe(true);
    expect(wellTyped(minimal())).toBe(true);
  });

  it.each([
    "time",
    "cloud",
    "cluster",
    "ingest",
    "cluster.name",
    "cluster.id",
    "cloud.provider",
    "ingest.eventId",
    "ingest.source",
  ])("requires %s", (path) => {
    expect(valid(withValue(full(), path, undefined))).toBe(false);
  });

  it.each([
    ["time", "2026-11-22 01:02:03Z"],
    ["time", "2026-11-22T01:02:03+02:00"],
    ["time", "2026-13-22T01:02:03Z"],
    ["time", "2026-11-22T01:02:03.1234567890Z"],
    ["time", null],
    ["cloud.provider", "ibm"],
    ["cloud.account", null],
    ["cloud.account", { id: "1", name: "x" }],
    ["cloud.zone", "a"],
    ["cluster.provider", "openshift"],
    ["cluster.name", ""],
    ["cluster.uid", "x"],
    ["ingest.schema", 2],
    ["ingest.source", "carrier-pigeon"],
    ["ingest.eventId", "0123456789ABCDEF0123456789ABCDEF"],
    ["ingest.eventId", "0123"],
    ["ingest.delivered", "yesterday"],
    ["ingest.inferred", []],
    ["ingest.redactions", []],
    ["ingest.redactions", [{ path: "requestObject", rule: "x" }]],
    ["ingest.redactions", [{ path: "/a~2", rule: "x" }]],
    ["ingest.redactions", [{ path: "/a", rule: "x", value: "the secret" }]],
    ["ingest.truncated", { by: "somebody", missing: [] }],
    ["ingest.truncated", { by: "eks" }],
    ["ingest.split", { uid: "a", index: -1, total: 2 }],
    ["ingest.note", "x"],
  ])("refuses %s = %j", (path, value) => {
    expect(valid(withValue(full(), path, value))).toBe(false);
  });

  it.each([
    ["level", 3],
    ["stage", "Later"],
    ["user", "jane"],
    ["user.groups", "dev"],
    ["objectRef", []],
    ["responseStatus.code", "200"],
    ["annotations", { a: 1 }],
  ])("takes a native %s = %j as it came, and tells it apart as not well typed", (path, value) => {
    const event = withValue(full(), path, value);
    expect(valid(event)).toBe(true);
    expect(wellTyped(event)).toBe(false);
  });

  it.each([null, 1, "text", [1, { a: 2 }], { kind: "Secret" }])("takes any JSON for a body: %j", (body) => {
    expect(wellTyped({ ...full(), requestObject: body, responseObject: body })).toBe(true);
  });
});

describe("what normalise makes", () => {
  const place: Place = {
    provider: "gke",
    cloud: "gcp",
    account: "example-project",
    region: "europe-west1",
    cluster: "shop",
  };
  const item: Omit<EventItem, "kind" | "event"> = {
    place,
    source: "cloud-logging",
    delivered: "2026-11-22T01:02:09.5Z",
  };

  it.each<[string, NativeEvent]>([
    ["a whole event", { verb: "get", auditID: "a", stageTimestamp: "2026-11-22T01:02:03Z", requestObject: { a: 1 } }],
    ["an event without any time", { verb: "get" }],
    ["an event with odd types", { verb: 1, user: "x", annotations: [null], stageTimestamp: 5, time: "x", ingest: {} }],
  ])("is valid: %s", (_, native) => {
    const event = normalise(
      native,
      { ...item, inferred: ["stage"], split: { uid: "u", index: 1, total: 2 } },
      "record-1",
    );
    expect(valid(event), JSON.stringify(valid.errors)).toBe(true);
  });
});

/** The items that the adapters make of the golden cases: events of every provider. */
const goldens = globSync("*/*/out.json", { cwd: new URL("../fixtures/", import.meta.url) }).sort();

describe("events of the golden cases", () => {
  it("are there", () => {
    expect(goldens.length).toBeGreaterThan(10);
  });

  it.each(goldens)("are valid: %s", (path) => {
    const items = JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), "utf8")) as EventItem[];
    for (const item of items.filter(({ kind }) => kind === "event")) {
      const event = normalise(item.event, item, item.id ?? "record-1");
      expect(valid(event), JSON.stringify(valid.errors)).toBe(true);
    }
  });
});
