import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { type Day, writeDay } from "./day.ts";
import { totalOf } from "./envelopes/delivery.ts";
import { CANARY } from "./vault.ts";

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "clustertrail-day-"));
  folders.push(path);
  return path;
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

const filesOf = (day: Day) => day.clusters.flatMap((cluster) => cluster.files);

function linesOf(root: string, path: string): string[] {
  const bytes = readFileSync(join(root, path));
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

describe("a recorded day", async () => {
  const root = folder();
  const day = await writeDay(root, { seed: 7, scale: 0.1 });

  it("has four clusters with their files, one delivery a line", () => {
    expect(day.clusters.map(({ provider }) => provider)).toEqual(["eks", "gke", "aks", "kubernetes"]);
    for (const { path, deliveries, truth } of filesOf(day)) {
      const lines = linesOf(root, path);
      expect(lines).toHaveLength(deliveries);
      expect(truth.events).toBeGreaterThan(20);
      for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  it("adds up: a cluster's truth is the sum of its files'", () => {
    for (const cluster of day.clusters) expect(cluster.truth).toEqual(totalOf(cluster.files.map(({ truth }) => truth)));
    const total = totalOf(day.clusters.map(({ truth }) => truth));
    expect(total.events).toBeGreaterThan(1800);
    expect(total.events).toBeLessThan(3200);
    expect(Object.keys(total.skips).sort()).toEqual([
      "control-message",
      "other-category",
      "other-log-stream",
      "other-service",
    ]);
  });

  it("covers the whole day, in files that follow on each other", () => {
    const times = linesOf(root, "kubernetes/audit.log.gz").map((line) => String(JSON.parse(line).stageTimestamp));
    expect(times[0]?.slice(0, 12)).toBe("2026-11-22T0");
    expect((times.at(-1) ?? "") < "2026-11-22T19:12").toBe(true);
    const posted = linesOf(root, "kubernetes/webhook.ndjson").flatMap(
      (line) => JSON.parse(line).items as { stageTimestamp: string }[],
    );
    expect((posted[0]?.stageTimestamp ?? "") >= "2026-11-22T19:12").toBe(true);
    expect((posted.at(-1)?.stageTimestamp ?? "") > "2026-11-22T22").toBe(true);
  });

  it("has an intruder in the managed clusters, not in the other", () => {
    expect(day.clusters.map(({ intrusion }) => intrusion?.ip)).toEqual([
      "203.0.113.66",
      "203.0.113.66",
      "203.0.113.66",
      undefined,
    ]);
  });

  it("has secrets in it, all of them listed", () => {
    const text = linesOf(root, "kubernetes/audit.log.gz").join("\n");
    expect(text).toContain(CANARY);
    for (const [value] of text.matchAll(/[A-Za-z0-9]{3}c4n4ry[a-z]{3}[A-Za-z0-9]{12}/g)) {
      expect(day.planted.some((planted) => planted.includes(value))).toBe(true);
    }
  });

  it("is the same every time", async () => {
    const again = folder();
    expect(await writeDay(again, { seed: 7, scale: 0.1 })).toEqual(day);
    const digest = (at: string, path: string) =>
      createHash("sha256")
        .update(readFileSync(join(at, path)))
        .digest("hex");
    for (const { path } of filesOf(day)) expect(digest(again, path), path).toBe(digest(root, path));
  });
});
