import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { simulate } from "../traffic.ts";
import { wireText } from "../wire.ts";
import { totalOf } from "./delivery.ts";
import {
  type CloudWatchDocument,
  eksDocuments,
  eksExportLines,
  eksFilterLogEvents,
  eksInsights,
  eksSubscription,
} from "./eks.ts";

const EVENTS = [...simulate({ seed: 31, count: 4000, provider: "eks" })];
const TEXTS = new Set(EVENTS.map((event) => wireText(event)));
const isAudit = (stream: string) => stream.startsWith("kube-apiserver-audit-");

describe("CloudWatch Logs subscription", () => {
  const deliveries = [...eksSubscription(EVENTS, { seed: 31 })];
  const documents = deliveries.map(
    ({ payload }) =>
      JSON.parse(gunzipSync(Buffer.from(payload.awslogs.data, "base64")).toString()) as CloudWatchDocument,
  );

  it("says the truth about every payload", () => {
    deliveries.forEach((delivery, index) => {
      const document = documents[index] as CloudWatchDocument;
      const count = document.logEvents.length;
      if (document.messageType === "CONTROL_MESSAGE")
        expect(delivery).toMatchObject({ events: 0, skips: { "control-message": 1 } });
      else if (isAudit(document.logStream)) expect(delivery).toMatchObject({ events: count, skips: {} });
      else expect(delivery).toMatchObject({ events: 0, skips: { "other-log-stream": count } });
    });
    expect(documents[0]?.messageType).toBe("CONTROL_MESSAGE");
    expect(totalOf(deliveries).skips["other-log-stream"]).toBeGreaterThan(20);
  });

  it("delivers every event once, and some payloads a second time", () => {
    const first = deliveries.filter((delivery) => !delivery.duplicate);
    expect(totalOf(first).events).toBe(EVENTS.length);
    const again = deliveries.filter((delivery) => delivery.duplicate);
    expect(again.length).toBeGreaterThan(0);
    for (const { payload } of again)
      expect(first.filter((delivery) => delivery.payload.awslogs.data === payload.awslogs.data)).toHaveLength(1);
  });

  it("has one stream in a payload, growing ids of 56 digits, and the events' own bytes", () => {
    const seen = new Set<string>();
    for (const [index, document] of documents.entries()) {
      if (document.messageType === "CONTROL_MESSAGE" || deliveries[index]?.duplicate) continue;
      expect(document).toMatchObject({ owner: "111122223333", logGroup: "/aws/eks/prod/cluster" });
      const ids = document.logEvents.map((event) => event.id);
      expect([...ids].sort()).toEqual(ids);
      for (const { id, message } of document.logEvents) {
        if (!/^\d{56}$/.test(id) || seen.has(id)) expect.fail("an id is not 56 digits, or not its own");
        seen.add(id);
        if (isAudit(document.logStream) && !TEXTS.has(message)) expect.fail("a message is not an event");
      }
    }
  });

  it("keeps both stages of a request in one stream", () => {
    const streams = new Map<string, string>();
    for (const document of documents.filter(({ logStream }) => isAudit(logStream))) {
      for (const { message } of document.logEvents) {
        const auditID = String(JSON.parse(message).auditID);
        expect(streams.get(auditID) ?? document.logStream).toBe(document.logStream);
        streams.set(auditID, document.logStream);
      }
    }
    expect(new Set(streams.values()).size).toBe(2);
  });

  it("is the same for the same seed", () => {
    expect([...eksSubscription(EVENTS, { seed: 31 })]).toEqual(deliveries);
    expect([...eksSubscription(EVENTS, { seed: 32 })]).not.toEqual(deliveries);
  });
});

describe("cut messages", () => {
  it("end in the marker, are not JSON any more, and are counted", () => {
    const deliveries = [...eksDocuments(EVENTS, { seed: 31, cutBytes: 4000, noise: false })];
    const messages = deliveries.flatMap(({ payload }) => payload.logEvents.map((event) => event.message));
    const cut = messages.filter((message) => message.endsWith("[Truncated...]"));
    const long = EVENTS.filter((event) => Buffer.byteLength(wireText(event)) > 4000);
    expect(cut).toHaveLength(long.length);
    expect(totalOf(deliveries)).toMatchObject({
      events: EVENTS.length,
      cut: long.length,
      cutBy: { eks: long.length },
      skips: {},
    });
    for (const message of cut) {
      expect(() => JSON.parse(message)).toThrow(SyntaxError);
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4000 + "[Truncated...]".length);
    }
  });
});

describe("other forms of the same log group", () => {
  it("filter-log-events: pages of all streams, a token on all but the last", () => {
    const pages = [...eksFilterLogEvents(EVENTS, { seed: 31 }, 500)];
    expect(totalOf(pages).events).toBe(EVENTS.length);
    for (const { payload, events, skips } of pages) {
      expect(payload.events.filter((event) => isAudit(event.logStreamName))).toHaveLength(events);
      expect(payload.events).toHaveLength(events + (skips["other-log-stream"] ?? 0));
    }
    expect(pages.slice(0, -1).every(({ payload }) => payload.nextToken !== undefined)).toBe(true);
    expect(pages.at(-1)?.payload.nextToken).toBeUndefined();
  });

  it("export: a time stamp, a space, the message", () => {
    const lines = [...eksExportLines(EVENTS, { seed: 31 })];
    expect(totalOf(lines)).toMatchObject({ events: EVENTS.length, skips: { klog: lines.length - EVENTS.length } });
    for (const { payload, events } of lines) {
      expect(payload).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /);
      if (events === 1 && !TEXTS.has(payload.slice(25))) expect.fail("a line is not an event");
    }
  });

  it("Insights: rows of fields", () => {
    const pages = [...eksInsights(EVENTS, { seed: 31 }, 900)];
    expect(
      pages.flatMap(({ payload }) =>
        payload.results.map((row) => row.find(({ field }) => field === "@message")?.value),
      ),
    ).toEqual([...TEXTS]);
    expect(totalOf(pages).events).toBe(EVENTS.length);
  });
});
