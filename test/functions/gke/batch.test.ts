import { describe, expect, it } from "vitest";
import { createBatchHandler } from "../../../functions/gke/batch.ts";
import { measured } from "../../../functions/measure.ts";
import { structuredLog } from "../../../functions/metrics.ts";
import type { Sink } from "../../../shared/lake/sink.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { createRedactor } from "../../../shared/redact/create.ts";
import { gkePush } from "../../simulator/envelopes/gke.ts";
import { simulate } from "../../simulator/traffic.ts";

const bodies = [...gkePush(simulate({ seed: "batch", count: 40 }))].map(({ payload }) => JSON.stringify(payload));
const batch = (texts: readonly string[]) => ({ Records: texts.map((body, i) => ({ messageId: `m${i}`, body })) });
const ids = (result: { batchItemFailures: { itemIdentifier: string }[] }) =>
  result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

function handler(lake: Sink, trouble?: (calls: number) => void) {
  const lines: string[] = [];
  let calls = 0;
  const context = { lake, redactor: createRedactor(), source: {} };
  const run = createBatchHandler((work) =>
    measured(
      context,
      structuredLog,
      (line) => lines.push(line),
      (measuring) => {
        trouble?.(calls++);
        return work(measuring);
      },
    ),
  );
  return { run, lines };
}

class Memory implements Sink {
  readonly keys: string[] = [];
  async put(key: string) {
    this.keys.push(key);
    return "created" as const;
  }
}

describe("queue batches", () => {
  it("lands a batch in common objects and gives nothing back, poison bodies included", async () => {
    const lake = new Memory();
    const { run } = handler(lake);
    expect(ids(await run(batch([...bodies, "no json", "[]", "{}"])))).toEqual([]);
    expect(lake.keys.filter((key) => key.startsWith("events/")).length).toBeLessThan(5);
    expect(lake.keys.some((key) => key.startsWith("quarantine/"))).toBe(true);
  });

  it("gives everything back when the lake refuses", async () => {
    const { run, lines } = handler({ put: () => Promise.reject(new StorageError("lake full", { retryable: true })) });
    expect(ids(await run(batch(bodies.slice(0, 3))))).toEqual(["m0", "m1", "m2"]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("lake full");
  });

  it("gives back only the message that brings out a bug, and quotes nothing of it", async () => {
    const { run, lines } = handler(new Memory(), (call) => {
      // The whole batch, then the second message by itself.
      if (call === 0 || call === 2) throw new TypeError("cannot read hunter2");
    });
    expect(ids(await run(batch(bodies.slice(0, 3))))).toEqual(["m1"]);
    expect(lines.join("")).toContain("internal error (TypeError)");
    expect(lines.join("")).not.toContain("hunter2");
  });

  it("takes an empty batch", async () => {
    expect(ids(await handler(new Memory()).run({ Records: [] }))).toEqual([]);
  });
});
