import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryLake } from "../../../shared/lake/directory.ts";
import { all } from "./contract.ts";

const KILLS = 5;
const WRITER = join(import.meta.dirname, "crash-writer.ts");

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "clustertrail-crash-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Run {
  killed: boolean;
  /** What the writer printed at its end. */
  stats: { stored: number; alreadyStored: number; objects: number; bytesOut: number } | undefined;
}

/** Runs the writer; kills it `delayMs` after it has begun its put number `put`. */
function run(directory: string, kill?: { put: number; delayMs: number }): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--experimental-strip-types", "--no-warnings", WRITER, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    let doomed = false;
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (kill === undefined || doomed || output.split("put\n").length <= kill.put) return;
      doomed = true;
      setTimeout(() => child.kill("SIGKILL"), kill.delayMs);
    });
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      const end = output.split("\n").find((line) => line.startsWith("{"));
      resolve({ killed: signal === "SIGKILL", stats: end === undefined ? undefined : JSON.parse(end) });
    });
  });
}

async function contents(directory: string): Promise<Map<string, string>> {
  const lake = new DirectoryLake(directory);
  const objects = new Map<string, string>();
  for (const { key } of await all(lake, "")) objects.set(key, Buffer.from(await lake.get(key)).toString("base64"));
  return objects;
}

describe("a writer that is killed", () => {
  it("leaves whole objects or none, and run again gives the lake of an uninterrupted run", async () => {
    const calm = join(root, "calm");
    const whole = await run(calm);
    const expected = await contents(calm);
    expect(whole.stats).toMatchObject({ stored: 600, alreadyStored: 0, objects: expected.size });

    const torn = join(root, "torn");
    let kills = 0;
    let partial = 0;
    for (let i = 0; i < KILLS; i++) {
      const { killed } = await run(torn, { put: 1 + 5 * i, delayMs: i });
      if (killed) kills++;
      const there = await contents(torn);
      for (const [key, body] of there) expect(body).toBe(expected.get(key));
      if (there.size > 0 && there.size < expected.size) partial++;
    }
    expect(kills).toBeGreaterThan(0);
    expect(partial).toBeGreaterThan(0);

    const last = await run(torn);
    expect(last.stats!.stored + last.stats!.alreadyStored).toBe(600);
    expect(await contents(torn)).toEqual(expected);
    expect((await run(torn)).stats).toEqual({ stored: 0, alreadyStored: 600, objects: 0, bytesOut: 0 });
  });

  it("does not disturb another one in the same lake at the same time", async () => {
    const shared = join(root, "shared");
    const [a, b] = await Promise.all([run(shared), run(shared)]);
    expect(a.stats!.stored + b.stats!.stored).toBe(600);
    expect(a.stats!.alreadyStored + b.stats!.alreadyStored).toBe(600);
    const alone = join(root, "alone");
    await run(alone);
    expect(await contents(shared)).toEqual(await contents(alone));
  });
});
