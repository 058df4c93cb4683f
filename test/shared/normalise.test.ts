import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Place } from "../../shared/adapter.ts";
import { parseJson } from "../../shared/json.ts";
import { NO_TIME, normalise } from "../../shared/normalise.ts";

const place: Place = {
  provider: "eks",
  cloud: "aws",
  account: "111122223333",
  region: "eu-west-1",
  cluster: "prod",
  clusterId: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
};
const item = { place, source: "cloudwatch-logs", id: "c1" } as const;
const native = () => ({
  annotations: { "authorization.k8s.io/decision": "allow" },
  responseObject: { kind: "Pod" },
  requestObject: { kind: "Pod" },
  stageTimestamp: "2026-11-22T01:02:03.456789Z",
  requestReceivedTimestamp: "2026-11-22T01:02:03.4Z",
  customKey: 1,
  verb: "create",
  stage: "ResponseComplete",
  auditID: "0b0c",
  level: "RequestResponse",
  apiVersion: "audit.k8s.io/v1",
  kind: "Event",
});

describe("normalise", () => {
  it("puts the header first, then native keys in fixed order, unknown keys, bodies last", () => {
    expect(Object.keys(normalise(native(), item, "c1"))).toEqual([
      "time",
      "cloud",
      "cluster",
      "ingest",
      "kind",
      "apiVersion",
      "level",
      "auditID",
      "stage",
      "verb",
      "requestReceivedTimestamp",
      "stageTimestamp",
      "annotations",
      "customKey",
      "requestObject",
      "responseObject",
    ]);
  });

  it("fills the header from the place", () => {
    const event = normalise(native(), { ...item, delivered: "2026-11-22T01:02:05Z" }, "c1");
    expect(event.time).toBe("2026-11-22T01:02:03.456789Z");
    expect(event.cloud).toEqual({ provider: "aws", account: { id: "111122223333" }, region: "eu-west-1" });
    expect(event.cluster).toEqual({ provider: "eks", name: "prod", id: place.clusterId });
    expect(event.ingest).toEqual({
      schema: 1,
      source: "cloudwatch-logs",
      id: "c1",
      delivered: "2026-11-22T01:02:05Z",
      eventId: event.ingest.eventId,
    });
  });

  it("makes the event id as design section 2 says", () => {
    const text = [
      place.clusterId,
      "0b0c",
      "ResponseComplete",
      "2026-11-22T01:02:03.400000Z",
      "2026-11-22T01:02:03.456789Z",
    ].join("\0");
    const wanted = createHash("sha256").update(text).digest("hex").slice(0, 32);
    expect(normalise(native(), item, "c1").ingest.eventId).toBe(wanted);
    // Neither the body nor the path by which it came enters it.
    expect(
      normalise({ ...native(), requestObject: {} }, { ...item, source: "logs-insights" }, "x").ingest.eventId,
    ).toBe(wanted);
  });

  it("uses the record id where there is no auditID, and keeps the parts of a split entry apart", () => {
    const { auditID: _, ...anonymous } = native();
    const ids = ["c1", "c2"].map((id) => normalise(anonymous, item, id).ingest.eventId);
    const parts = [0, 1].map(
      (index) => normalise(native(), { ...item, split: { uid: "u", index, total: 2 } }, "c1").ingest.eventId,
    );
    expect(new Set([...ids, ...parts]).size).toBe(4);
  });

  const times: [string, Record<string, unknown>, string | undefined, string, string[] | undefined][] = [
    ["stageTimestamp", {}, undefined, "2026-11-22T01:02:03.456789Z", undefined],
    ["requestReceivedTimestamp", { stageTimestamp: "?" }, undefined, "2026-11-22T01:02:03.4Z", undefined],
    [
      "timestamp",
      { stageTimestamp: null, requestReceivedTimestamp: null, timestamp: "2017-09-11T19:55:05Z" },
      undefined,
      "2017-09-11T19:55:05Z",
      undefined,
    ],
    [
      "delivery time",
      { stageTimestamp: null, requestReceivedTimestamp: null },
      "2026-11-22T09:00:00Z",
      "2026-11-22T09:00:00Z",
      ["time"],
    ],
    ["nothing", { stageTimestamp: null, requestReceivedTimestamp: null }, undefined, NO_TIME, ["time"]],
    [
      "a stamp without a zone",
      { stageTimestamp: "2022-11-29 00:09:04.38" },
      undefined,
      "2022-11-29T00:09:04.38Z",
      ["time"],
    ],
  ];
  for (const [name, change, delivered, time, inferred] of times) {
    it(`takes the time from ${name}`, () => {
      const event = normalise(
        { ...native(), ...change } as never,
        delivered === undefined ? item : { ...item, delivered },
        "c1",
      );
      expect(event.time).toBe(time);
      expect(event.ingest.inferred).toEqual(inferred);
    });
  }

  it("names what it added to an event of an old API server", () => {
    const { kind: _k, apiVersion: _a, ...old } = native();
    const event = normalise(old, item, "c1");
    expect([event["kind"], event["apiVersion"]]).toEqual(["Event", "audit.k8s.io/v1"]);
    expect(event.ingest.inferred).toEqual(["kind", "apiVersion"]);
  });

  it("says so when nobody names the cluster", () => {
    const event = normalise(native(), { place: { provider: "kubernetes", cloud: "none" }, source: "audit-log" }, "f:1");
    expect(event.cluster).toEqual({ provider: "kubernetes", name: "unknown", id: "unknown" });
    expect(event.cloud).toEqual({ provider: "none" });
    expect(event.ingest.inferred).toEqual(["cluster.name"]);
  });

  it("keeps foreign keys that collide with ours, and a __proto__ key", () => {
    const foreign = parseJson('{"auditID":"a","time":"x","ingest":{"y":1},"__proto__":{"z":1}}') as never;
    const event = normalise(foreign, item, "c1");
    expect(event["_time"]).toBe("x");
    expect(event["_ingest"]).toEqual({ y: 1 });
    expect(JSON.stringify(event)).toContain('"__proto__":{"z":1}');
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
  });

  it("marks what was cut before it reached us", () => {
    const skipped = { ...native(), requestObject: "skipped-too-big-size-object" };
    expect(normalise(skipped, item, "c1").ingest.truncated).toEqual({ by: "aks-skipped", missing: ["requestObject"] });
    const { requestObject: _q, responseObject: _r, ...bare } = native();
    const cut = { ...bare, annotations: { "audit.k8s.io/truncated": "true" } };
    expect(normalise(cut, item, "c1").ingest.truncated).toEqual({
      by: "apiserver",
      missing: ["requestObject", "responseObject"],
    });
    expect(normalise({ ...cut, level: "Request" }, item, "c1").ingest.truncated?.missing).toEqual(["requestObject"]);
  });
});
