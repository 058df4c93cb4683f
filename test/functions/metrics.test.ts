import { describe, expect, it } from "vitest";
import { measured } from "../../functions/measure.ts";
import { ClusterMeter, OTHER_CLUSTERS } from "../../functions/meter.ts";
import { embeddedMetrics, NO_ONE_CLUSTER, structuredLog } from "../../functions/metrics.ts";
import type { AuditEvent } from "../../shared/event.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { Tally } from "../../shared/tally.ts";

const event = (cluster: string, delivered?: string): AuditEvent =>
  ({
    time: "2026-11-22T00:00:00Z",
    cluster: { provider: "gke", name: cluster, id: cluster },
    ingest: { schema: 1, source: "pubsub", id: "x", eventId: "x", ...(delivered === undefined ? {} : { delivered }) },
  }) as unknown as AuditEvent;

const quiet = { redact: () => undefined };

function metersOf(...clusters: string[]): ClusterMeter {
  const meter = new ClusterMeter(quiet, Date.parse("2026-11-22T00:00:30Z"));
  for (const cluster of clusters) meter.redact(event(cluster, "2026-11-22T00:00:10Z"));
  return meter;
}

function report(received: number, quarantined: Record<string, number> = {}) {
  const tally = new Tally();
  tally.received = received;
  tally.bytesIn = 1000;
  for (const [reason, count] of Object.entries(quarantined)) tally.quarantine(reason, count);
  return tally.report(0.5);
}

interface Line {
  readonly _aws: {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
  readonly [name: string]: unknown;
}

const parsed = (lines: string[]) => lines.map((line) => JSON.parse(line) as Line);

describe("embedded metrics", () => {
  const format = embeddedMetrics("ClusterTrail", () => 1_795_305_600_000);

  it("gives an invocation of one cluster one line, by cluster and in total", () => {
    const [line, ...more] = parsed(format.report(report(2), metersOf("prod", "prod").clusters));
    expect(more).toEqual([]);
    const [directive] = line!._aws.CloudWatchMetrics;
    expect(directive!.Namespace).toBe("ClusterTrail");
    expect(directive!.Dimensions).toEqual([["cluster"], []]);
    expect(line).toMatchObject({ cluster: "prod", Received: 2, BytesIn: 1000, LagP99: 10_000 });
    for (const { Name, Unit } of directive!.Metrics) {
      expect(typeof line![Name]).toBe("number");
      expect(["Count", "Bytes", "Milliseconds", "Seconds"]).toContain(Unit);
    }
    expect(new Set(directive!.Metrics.map(({ Name }) => Name)).size).toBe(directive!.Metrics.length);
  });

  it("tells the clusters of one invocation apart, and adds up to what was received", () => {
    const lines = parsed(format.report(report(4, { "not-json": 1 }), metersOf("a", "b", "b").clusters));
    const received = Object.fromEntries(
      lines.filter((line) => line["Received"] !== undefined).map((line) => [line["cluster"], line["Received"]]),
    );
    expect(received).toEqual({ a: 1, b: 2, [NO_ONE_CLUSTER]: 1 });
    const reasons = lines.find((line) => line["reason"] === "not-json")!;
    expect(reasons).toMatchObject({ cluster: NO_ONE_CLUSTER, Quarantined: 1 });
    expect(reasons._aws.CloudWatchMetrics[0]!.Dimensions).toEqual([["cluster", "reason"]]);
  });

  it("writes names that CloudWatch takes", () => {
    const names = [":colon", "ünïcode", "x".repeat(2000), " "];
    for (const name of names) {
      const [line] = parsed(format.report(report(1), metersOf(name).clusters));
      expect(line!["cluster"]).toMatch(/^[^:][\x20-\x7e]{0,255}$/);
      expect((line!["cluster"] as string).trim()).not.toBe("");
    }
  });
});

describe("ClusterMeter", () => {
  it("counts what the redactor took out, and lag by the host's clock where the record has no delivery time", () => {
    const meter = new ClusterMeter(
      {
        redact: () => [
          { path: "/a", rule: "secret.data" },
          { path: "/b", rule: "fail-closed.depth" },
        ],
      },
      Date.parse("2026-11-22T00:01:00Z"),
    );
    meter.redact(event("prod"));
    const counts = meter.clusters.get("prod")!;
    expect(counts).toMatchObject({ events: 1, redactions: 2, failedClosed: 1 });
    expect(counts.lag.summary().max).toBe(60_000);
  });

  it("keeps metrics bounded whatever names arrive", () => {
    const meter = metersOf(...Array.from({ length: 500 }, (_, i) => `cluster-${i}`));
    expect(meter.clusters.size).toBe(101);
    expect(meter.clusters.get(OTHER_CLUSTERS)!.events).toBe(400);
  });
});

describe("measured", () => {
  const context = { lake: { put: async () => "created" as const }, redactor: quiet, source: {} };

  it("hands on no message that might quote a record", async () => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const bug = measured(context, structuredLog, print, () => Promise.reject(new TypeError("bad value hunter2")));
    await expect(bug).rejects.toThrow("internal error (TypeError); please report it");
    const storage = new StorageError("lake x: access denied", { retryable: false, cause: new Error("hunter2") });
    const failed = await measured(context, structuredLog, print, () => Promise.reject(storage)).catch((error) => error);
    expect(failed).toBeInstanceOf(StorageError);
    expect(failed).toMatchObject({ message: "lake x: access denied", cause: undefined });
    expect(lines.map((line) => JSON.parse(line).severity)).toEqual(["ERROR", "ERROR"]);
    expect(lines.join("")).not.toContain("hunter2");
  });

  it("warns in a structured log when something was quarantined", () => {
    const severity = (lines: string[]) => (JSON.parse(lines[0]!) as { severity: string }).severity;
    expect(severity(structuredLog.report(report(1), new Map()))).toBe("INFO");
    expect(severity(structuredLog.report(report(1, { "not-json": 1 }), new Map()))).toBe("WARNING");
  });
});
