import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accounted, eventsOf, filesBelow, runIngest } from "../cli/capture.ts";
import type { Day } from "../simulator/day.ts";
import { writeDay } from "../simulator/day.ts";

describe("a simulated day of four clusters, file by file", () => {
  const folder = mkdtempSync(join(tmpdir(), "clustertrail-day-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let day: Day;
  beforeAll(async () => {
    day = await writeDay(join(folder, "day"), { seed: 3, scale: 0.15 });
  }, 60_000);

  it("becomes exactly the events that are in it, under every envelope, recognised without being told", async () => {
    for (const cluster of day.clusters) {
      const lake = join(folder, `lake-${cluster.provider}`);
      const flags = ["--cluster", cluster.name, ...(cluster.region === "" ? [] : ["--region", cluster.region])];
      for (const { path, truth, source } of cluster.files) {
        const { report, code, stderr } = await runIngest(lake, ...flags, join(folder, "day", path));
        expect(accounted(report)).toBe(true);
        expect([path, report.stored + report.alreadyStored]).toEqual([path, truth.events]);
        expect([path, report.skipped]).toEqual([path, truth.skips]);
        expect([path, report.truncated]).toEqual([path, truth.cut]);
        expect([path, report.quarantined, code]).toEqual([path, {}, 0]);
        expect(stderr).toContain(`recognised ${cluster.provider}: `);
        expect(eventsOf(lake).filter(({ ingest }) => ingest.source === source).length).toBeGreaterThan(0);
      }
      const events = eventsOf(lake);
      for (const { cluster: stored, cloud } of events) {
        expect(stored).toEqual({ provider: cluster.provider, name: cluster.name, id: cluster.id });
        expect(cloud.account?.id ?? "").toBe(cluster.account);
      }
      expect(new Set(events.map(({ ingest }) => ingest.eventId)).size).toBe(cluster.truth.events - cluster.duplicates);
    }
  }, 120_000);

  it("makes the same objects, byte for byte, from the same files", async () => {
    const bytesOf = async (lake: string) => {
      for (const cluster of day.clusters)
        await runIngest(lake, "--cluster", cluster.name, join(folder, "day", cluster.files[0]!.path));
      return filesBelow(lake);
    };
    const first = await bytesOf(join(folder, "same-1"));
    expect(first.length).toBeGreaterThan(20);
    expect(await bytesOf(join(folder, "same-2"))).toEqual(first);
    expect(eventsOf(join(folder, "same-2"))).toEqual(eventsOf(join(folder, "same-1")));
  }, 120_000);
});
