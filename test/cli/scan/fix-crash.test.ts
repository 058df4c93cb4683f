import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { AuditEvent } from "../../../shared/event.ts";
import { filesBelow, run, scratchFolder } from "../capture.ts";
import { CANARY_BASE64, secretEvent, storeUnredacted } from "./leaky-lake.ts";

const ROOT = join(import.meta.dirname, "../../..");
const KILLS = 4;
const HOURS = 14;

const folder = scratchFolder();

/** The objects of the lake; a killed replacement leaves a hidden file, which no reader takes for one. */
const objectsOf = (lake: string): string[] => filesBelow(lake).filter((path) => !path.includes("/."));

const eventsOf = (lake: string, path: string): AuditEvent[] =>
  gunzipSync(readFileSync(join(lake, path)))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as AuditEvent);

const idsOf = (lake: string): string[] =>
  objectsOf(lake).flatMap((path) => eventsOf(lake, path).map(({ ingest }) => ingest.eventId));

/** Runs `scan --fix` in a process of its own and kills it once `rewrites` objects have been replaced. */
function fixAndKill(lake: string, rewrites: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const argv = ["--import", "tsx", join(import.meta.dirname, "slow-fix.ts"), lake];
    const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
    let seen = "";
    child.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.split("replacing\n").length > rewrites) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => resolve(signal === "SIGKILL"));
  });
}

describe("scan --fix that is killed", () => {
  it("leaves every object whole, old or new, and run again cleans the rest", async () => {
    const lake = join(folder, "lake");
    await storeUnredacted(lake, [...Array(10 * HOURS).keys()].map(secretEvent));
    const paths = objectsOf(lake);
    const ids = idsOf(lake);
    let kills = 0;
    for (let i = 0; i < KILLS; i++) {
      if (await fixAndKill(lake, 1 + i)) kills++;
      expect(objectsOf(lake)).toEqual(paths);
      const leaky = paths.filter((path) => {
        const events = eventsOf(lake, path);
        const leaks = events.filter((event) => JSON.stringify(event).includes(CANARY_BASE64)).length;
        expect([0, events.length]).toContain(leaks);
        return leaks > 0;
      });
      expect(leaky.length).toBeGreaterThan(0);
      expect(idsOf(lake)).toEqual(ids);
    }
    expect(kills).toBe(KILLS);
    expect((await run("scan", "--fix", "--lake", lake)).code).toBe(0);
    expect((await run("scan", "--lake", lake)).code).toBe(0);
    expect(idsOf(lake)).toEqual(ids);
  });
});
