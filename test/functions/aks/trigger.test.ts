import { describe, expect, it } from "vitest";
import { createEventHubHandler, createKafkaHandler } from "../../../functions/aks/handler.ts";
import { messagesOf } from "../../../functions/aks/trigger.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { createRedactor } from "../../../shared/redact/create.ts";
import { kafkaEvents } from "../../simulator/envelopes/aks.ts";
import { simulate } from "../../simulator/traffic.ts";

const METADATA = {
  partitionContext: { partitionId: "3" },
  sequenceNumberArray: [41, 42],
  enqueuedTimeUtcArray: ["2026-11-22T00:10:00.123", "2026-11-22T00:10:01Z"],
};

describe("messages of an Event Hubs batch", () => {
  it("have their place in the hub, and times that say they are UTC", () => {
    expect(messagesOf([{ records: [] }, "text"], METADATA)).toEqual([
      { body: { records: [] }, partition: "3", sequenceNumber: 41, enqueued: "2026-11-22T00:10:00.123Z" },
      { body: "text", partition: "3", sequenceNumber: 42, enqueued: "2026-11-22T00:10:01Z" },
    ]);
  });

  it("are all there whatever the host leaves out or hands over instead", () => {
    expect(messagesOf([1, null, Buffer.from("text")], undefined)).toEqual([
      { body: 1, partition: "unknown", sequenceNumber: 0 },
      { body: null, partition: "unknown", sequenceNumber: 1 },
      { body: "text", partition: "unknown", sequenceNumber: 2 },
    ]);
    const odd = { partitionContext: {}, sequenceNumberArray: "41", enqueuedTimeUtcArray: [7, "yesterday"] };
    expect(messagesOf({ records: [] }, odd)).toEqual([
      { body: { records: [] }, partition: "unknown", sequenceNumber: 0 },
    ]);
  });
});

describe("AKS handlers", () => {
  const [kafka] = [...kafkaEvents(simulate({ seed: "kafka", count: 100, provider: "aks" }))];
  const context = (put: () => Promise<"created">) => ({ lake: { put }, redactor: createRedactor(), source: {} });

  it("account for every record of a Kafka batch, and throw only when the lake refuses", async () => {
    const report = await createKafkaHandler(context(async () => "created"))(kafka!.payload, { awsRequestId: "r" });
    expect(report.stored).toBeGreaterThan(10);
    const refusing = context(() => Promise.reject(new StorageError("lake full", { retryable: true })));
    await expect(createKafkaHandler(refusing)(kafka!.payload, { awsRequestId: "r" })).rejects.toThrow("lake full");
    for (const payload of [
      null,
      7,
      {},
      { records: { "a-0": [{}] } },
      { eventSource: "SelfManagedKafka", records: 1 },
    ]) {
      const odd = await createKafkaHandler(context(async () => "created"))(payload, { awsRequestId: "r" });
      expect(odd.received).toBe(1);
    }
  });

  it("never throw for what is in a message", async () => {
    const handler = createEventHubHandler(context(async () => "created"));
    const bodies = [
      undefined,
      null,
      1,
      "",
      "klog",
      [],
      {},
      { records: null },
      { records: [null, 1, { properties: 1 }] },
    ];
    const report = await handler(bodies.map((body, sequenceNumber) => ({ body, partition: "0", sequenceNumber })));
    expect(report.stored).toBe(0);
    expect(report.received).toBeGreaterThanOrEqual(bodies.length);
  });
});
