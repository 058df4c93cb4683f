import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DirectoryLake } from "../../../shared/lake/directory.ts";
import type { Sink } from "../../../shared/lake/sink.ts";
import { LakeWriter } from "../../../shared/lake/writer.ts";

/**
 * Run as a process by crash.test.ts: writes the same 600 events into the folder it is given. Prints a line as each put
 * begins, so that it can be killed at a known point, and its counts at the end.
 */
const lake = new DirectoryLake(process.argv[2]!);
const sink: Sink = {
  async put(key, body) {
    process.stdout.write("put\n");
    // Room for the kill to arrive somewhere inside the puts that are under way.
    await sleep(3);
    return lake.put(key, body);
  },
};
const writer = new LakeWriter(sink, { maxObjectBytes: 20_000, maxConcurrentPuts: 4 });
for (let n = 0; n < 600; n++) {
  const id = createHash("sha256").update(String(n)).digest("hex").slice(0, 32);
  const line = JSON.stringify({ id, n, pad: id.repeat(30) });
  await writer.add(`provider=eks/hour=0${n % 3}`, id, "2026-11-22T13:05:01Z", line);
}
await writer.close();
process.stdout.write(`${JSON.stringify(writer.stats)}\n`);
