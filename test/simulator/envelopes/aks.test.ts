import { describe, expect, it } from "vitest";
import type { JsonObject, NativeEvent } from "../../../shared/event.ts";
import { simulate } from "../traffic.ts";
import { wireText } from "../wire.ts";
import { aksAuditRows, azureDiagnostics, eventHubMessages, kafkaEvents, storageLines } from "./aks.ts";
import { SKIPPED } from "./aks-record.ts";
import { totalOf } from "./delivery.ts";

const EVENTS = [...simulate({ seed: 51, start: "2026-11-22T09:00:00Z", count: 3000, provider: "aks" })];
const LONG = EVENTS.filter((event) => wireText(event).length > 16_384);
const logOf = (record: JsonObject) => (record["properties"] as JsonObject)["log"];
const isAudit = (record: JsonObject) => String(record["category"]).startsWith("kube-audit");

describe("Event Hubs messages", () => {
  const deliveries = [...eventHubMessages(EVENTS, { seed: 51, age: "2022" })];

  it("say the truth about what is in them", () => {
    for (const { payload, events, skips, cut } of deliveries) {
      const audit = payload.records.filter(isAudit);
      expect(audit).toHaveLength(events);
      expect(skips["other-category"] ?? 0).toBe(payload.records.length - events);
      const broken = audit.filter((record) => {
        try {
          return JSON.stringify(JSON.parse(String(logOf(record)))).includes(`"${SKIPPED}"`);
        } catch {
          return true;
        }
      });
      expect(broken).toHaveLength(cut);
    }
    expect(totalOf(deliveries).events).toBe(EVENTS.length);
    expect(totalOf(deliveries).skips["other-category"]).toBeGreaterThan(20);
  });

  it("have Azure's envelope, the cluster in capitals, a newline after the event", () => {
    const record = deliveries.flatMap(({ payload }) => payload.records).find(isAudit) as JsonObject;
    expect(record).toMatchObject({
      category: "kube-audit",
      operationName: "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
      resourceId:
        "/SUBSCRIPTIONS/00000000-0000-4000-8000-000000000000/RESOURCEGROUPS/PLATFORM-RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD",
    });
    expect(record["time"]).toMatch(/:\d\d\.0000000Z$/);
    expect(logOf(record)).toBe(`${wireText(EVENTS[0] as NativeEvent)}\n`);
  });

  it("are cut at 16 KiB for some of the long events", () => {
    const { cutBy } = totalOf(deliveries);
    expect(cutBy["aks-16k"]).toBeGreaterThan(LONG.length * 0.2);
    expect(cutBy["aks-16k"]).toBeLessThan(LONG.length * 0.8);
    const all = [...eventHubMessages(EVENTS, { seed: 51, cutShare: 1, skipBytes: 1e9, noise: false })];
    expect(totalOf(all)).toMatchObject({ cut: LONG.length, cutBy: { "aks-16k": LONG.length }, skips: {} });
    const cut = all
      .flatMap(({ payload }) => payload.records)
      .filter((record) => Buffer.byteLength(String(logOf(record))) > 16_000 && !String(logOf(record)).endsWith("}"));
    expect(cut.length).toBeGreaterThan(0);
    for (const record of cut) expect(Buffer.byteLength(String(logOf(record)))).toBeLessThanOrEqual(16_384);
  });

  it("have a word in place of very long bodies", () => {
    const messages = [...eventHubMessages(LONG, { seed: 51, skipBytes: 16_385, noise: false })];
    expect(totalOf(messages).cutBy["aks-skipped"]).toBe(
      LONG.filter((event) => wireText(event).length >= 16_385).length,
    );
    const event = JSON.parse(String(logOf(messages[0]?.payload.records[0] as JsonObject))) as NativeEvent;
    expect([event["requestObject"], event["responseObject"]]).toContain(SKIPPED);
    expect(event["auditID"]).toBe(LONG[0]?.["auditID"]);
  });

  it("can hold the event as an object, with nine digits in the time", () => {
    const [message] = [...eventHubMessages(EVENTS.slice(0, 5), { logAsObject: true, noise: false })];
    expect(logOf(message?.payload.records[0] as JsonObject)).toEqual(EVENTS[0]);
    expect(message?.payload.records[0]?.["time"]).toMatch(/\.\d{9}Z$/);
  });

  it("of kube-audit-admin have no get and no list", () => {
    const admin = [...eventHubMessages(EVENTS, { seed: 51, category: "kube-audit-admin", noise: false, cutShare: 0 })];
    expect(totalOf(admin).events).toBe(
      EVENTS.filter((event) => event["verb"] !== "get" && event["verb"] !== "list").length,
    );
    expect(admin[0]?.payload.records[0]?.["category"]).toBe("kube-audit-admin");
  });

  it("stay below the hub's limit and are the same for the same seed", () => {
    for (const { payload } of deliveries) expect(Buffer.byteLength(JSON.stringify(payload))).toBeLessThan(1_048_576);
    expect([...eventHubMessages(EVENTS, { seed: 51, age: "2022" })]).toEqual(deliveries);
  });
});

describe("other ways out of Azure", () => {
  it("storage: a record a line, slashes escaped, CR LF", () => {
    const lines = [...storageLines(EVENTS, { seed: 51 })];
    expect(totalOf(lines).events).toBe(EVENTS.length);
    expect(lines[0]?.payload).toMatch(/audit\.k8s\.io\\\/v1.*\r\n$/s);
    const hub = [...eventHubMessages(EVENTS, { seed: 51 })].flatMap(({ payload }) => payload.records);
    expect(lines.map(({ payload }) => JSON.parse(payload))).toEqual(hub);
  });

  it("Lambda's Kafka event: messages in base64 under their partitions", () => {
    const batches = [...kafkaEvents(EVENTS, { seed: 51 })];
    const records = batches.flatMap(({ payload }) => Object.values(payload.records).flat());
    const messages = records.map(
      ({ value }) => JSON.parse(Buffer.from(value, "base64").toString()) as { records: JsonObject[] },
    );
    expect(messages.flatMap((message) => message.records.filter(isAudit))).toHaveLength(EVENTS.length);
    expect(totalOf(batches)).toEqual(totalOf(eventHubMessages(EVENTS, { seed: 51 })));
    expect(records.every(({ timestamp }) => timestamp > Date.parse("2026-11-22T09:00:00Z"))).toBe(true);
    expect(new Set(records.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(records.length);
  });

  it("AzureDiagnostics: text trimmed at 32,766 bytes", () => {
    const rows = [...azureDiagnostics(EVENTS, { seed: 51, skipBytes: 1e9 })];
    const long = EVENTS.filter((event) => Buffer.byteLength(wireText(event)) > 32_766);
    expect(totalOf(rows)).toMatchObject({
      events: EVENTS.length,
      cutBy: long.length === 0 ? {} : { "log-analytics": long.length },
    });
    for (const { payload, cut } of rows) {
      expect(Buffer.byteLength(String(payload["log_s"]))).toBeLessThanOrEqual(32_766);
      if (cut === 0) expect(() => JSON.parse(String(payload["log_s"]))).not.toThrow();
    }
    const padded: NativeEvent = { ...(EVENTS[0] as NativeEvent), requestObject: { text: "ü".repeat(20_000) } };
    const [row] = [...azureDiagnostics([padded])];
    expect(row).toMatchObject({ cut: 1, cutBy: { "log-analytics": 1 } });
    expect(String(row?.payload["log_s"])).not.toContain("\ufffd");
  });

  it("AKSAudit: columns, dynamic ones as objects or text, impersonation lost", () => {
    const objects = [...aksAuditRows(EVENTS)];
    const texts = [...aksAuditRows(EVENTS, { dynamicAs: "text" })];
    expect(totalOf(objects).events).toBe(EVENTS.length);
    expect(objects[0]?.payload).toMatchObject({
      Type: "AKSAudit",
      AuditId: EVENTS[0]?.["auditID"],
      User: EVENTS[0]?.["user"],
    });
    expect(JSON.parse(String(texts[0]?.payload["User"]))).toEqual(EVENTS[0]?.["user"]);
    const impersonated = EVENTS.findIndex((event) => event["impersonatedUser"] !== undefined);
    expect(impersonated).toBeGreaterThan(-1);
    expect(JSON.stringify(objects[impersonated]?.payload)).not.toContain("dan@example.com");
    const admin = [...aksAuditRows(EVENTS, { category: "kube-audit-admin" })];
    expect(admin.every(({ payload }) => payload["Type"] === "AKSAuditAdmin" && payload["Verb"] !== "get")).toBe(true);
  });
});
