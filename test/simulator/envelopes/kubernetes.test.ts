import { describe, expect, it } from "vitest";
import type { JsonObject, NativeEvent } from "../../../shared/event.ts";
import { simulate } from "../traffic.ts";
import { wireText } from "../wire.ts";
import { totalOf } from "./delivery.ts";
import { auditLog, eventLists, jsonArray, prettyPrinted } from "./kubernetes.ts";

const EVENTS = [...simulate({ seed: 61, count: 1500, level: "request-response" })];
const plain = (event: NativeEvent | undefined) => JSON.parse(JSON.stringify(event));

describe("self-managed clusters", () => {
  it("file backend: the event's text and a newline", () => {
    const lines = [...auditLog(EVENTS)];
    expect(lines.map(({ payload }) => payload)).toEqual(EVENTS.map((event) => `${wireText(event)}\n`));
    expect(totalOf(lines)).toEqual({ events: EVENTS.length, cut: 0, cutBy: {}, skips: {} });
  });

  it("text is what Go writes: no bare ampersand or angle bracket", () => {
    const [line] = [...auditLog([{ requestURI: "/a?b=c&d=<e>" }])];
    expect(line?.payload).toBe('{"requestURI":"/a?b=c\\u0026d=\\u003ce\\u003e"}\n');
  });

  it("truncating backend: bodies go, the annotation says so, the rest stays", () => {
    const lines = [...auditLog(EVENTS, { truncateBytes: 20_000 })];
    const long = EVENTS.filter((event) => wireText(event).length > 20_000);
    expect(long.length).toBeGreaterThan(5);
    expect(totalOf(lines)).toMatchObject({
      events: EVENTS.length,
      cut: long.length,
      cutBy: { apiserver: long.length },
    });
    const truncated = lines.filter(({ cut }) => cut === 1).map(({ payload }) => JSON.parse(payload) as NativeEvent);
    truncated.forEach((event, index) => {
      expect((event["annotations"] as JsonObject)["audit.k8s.io/truncated"]).toBe("true");
      expect(event["requestObject"] ?? event["responseObject"]).toBeUndefined();
      expect(event["auditID"]).toBe(long[index]?.["auditID"]);
      expect(event["level"]).toBe("RequestResponse");
    });
  });

  it("webhook backend: lists of at most the batch size", () => {
    const lists = [...eventLists(EVENTS, { batchSize: 400 })];
    expect(lists.map(({ events }) => events)).toEqual([400, 400, 400, 300]);
    expect(lists[0]?.payload).toMatchObject({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {} });
    expect(lists.flatMap(({ payload }) => payload.items)).toEqual(EVENTS);
  });

  it("pretty-printed events and arrays parse to the same events", () => {
    const array = [...jsonArray(EVENTS)];
    expect(JSON.parse(array.map(({ payload }) => payload).join(""))).toEqual(EVENTS.map(plain));
    expect(totalOf(array).events).toBe(EVENTS.length);
    expect([...jsonArray([])].map(({ payload }) => payload).join("")).toBe("[]");
    const [first] = [...prettyPrinted(EVENTS.slice(0, 1))];
    expect(first?.payload.split("\n").length).toBeGreaterThan(20);
    expect(JSON.parse(first?.payload ?? "")).toEqual(plain(EVENTS[0]));
  });
});
