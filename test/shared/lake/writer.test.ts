import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseObjectName } from "../../../shared/lake/object-name.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import type { LakeWriterOptions } from "../../../shared/lake/writer.ts";
import { LakeWriter } from "../../../shared/lake/writer.ts";
import { MemorySink } from "./memory-sink.ts";

interface Row {
  partition: string;
  id: string;
  line: string;
}

const TIME = "2026-11-22T13:05:01.5Z";

function idOf(n: number): string {
  return createHash("sha256").update(String(n)).digest("hex").slice(0, 32);
}

/** `count` rows over `partitions` partitions, of about `size` characters. */
function rows(count: number, partitions = 1, size = 100): Row[] {
  return Array.from({ length: count }, (_, n) => {
    const id = idOf(n);
    return {
      partition: `p=${(n * 7) % partitions}`,
      id,
      line: JSON.stringify({ id, n, pad: "é".repeat((n * 13) % size) }),
    };
  });
}

async function write(sink: MemorySink, input: readonly Row[], options: LakeWriterOptions = {}): Promise<LakeWriter> {
  const writer = new LakeWriter(sink, options);
  for (const { partition, id, line } of input) await writer.add(partition, id, TIME, line);
  await writer.close();
  return writer;
}

describe("LakeWriter", () => {
  it("writes one object a partition, named for what is inside", async () => {
    const sink = new MemorySink();
    const input = rows(10, 2);
    const { stats } = await write(sink, input);
    const texts = sink.texts();
    expect(texts).toHaveLength(2);
    for (const [key, text] of texts) {
      const partition = key.split("/")[2]!;
      const inside = input.filter((row) => row.partition === partition);
      expect(text).toBe(inside.map(({ line }) => `${line}\n`).join(""));
      const digest = createHash("sha256")
        .update(inside.map(({ id }) => id).join("\n"))
        .digest("hex")
        .slice(0, 24);
      expect(key).toBe(`events/v1/${partition}/20261122T130501Z-5-${digest}.ndjson.gz`);
    }
    const bytesOut = [...sink.objects.values()].reduce((sum, body) => sum + body.length, 0);
    expect(stats).toEqual({ stored: 10, alreadyStored: 0, objects: 2, bytesOut });
  });

  it("ends with the open partitions in order", async () => {
    const sink = new MemorySink();
    await write(sink, [...rows(12, 4)].reverse());
    expect([...sink.objects.keys()].map((key) => key.split("/")[2])).toEqual(["p=0", "p=1", "p=2", "p=3"]);
  });

  it("keeps every character of every line, however the buffer has to grow", async () => {
    const unit = fc.constantFrom("a", "é", "€", "😀");
    const line = fc.tuple(unit, fc.integer({ min: 0, max: 30_000 })).map(([char, count]) => char.repeat(count));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), async (lines) => {
        const sink = new MemorySink();
        await write(
          sink,
          lines.map((text, n) => ({ partition: "p=0", id: idOf(n), line: text })),
        );
        expect(sink.texts().map(([, text]) => text)).toEqual([lines.map((text) => `${text}\n`).join("")]);
      }),
      { numRuns: 60 },
    );
  });

  it("writes nothing when nothing was added", async () => {
    const sink = new MemorySink();
    const { stats } = await write(sink, []);
    expect(sink.puts).toBe(0);
    expect(stats).toEqual({ stored: 0, alreadyStored: 0, objects: 0, bytesOut: 0 });
  });

  it("stores nothing twice and says so", async () => {
    const sink = new MemorySink();
    const input = rows(500, 3);
    await write(sink, input, { maxObjectBytes: 4096 });
    const before = new Map(sink.objects);
    const { stats } = await write(sink, input, { maxObjectBytes: 4096 });
    expect(stats).toEqual({ stored: 0, alreadyStored: 500, objects: 0, bytesOut: 0 });
    expect(sink.objects).toEqual(before);
  });

  it("writes an event that comes twice into one object once", async () => {
    const sink = new MemorySink();
    const input = rows(4);
    const { stats } = await write(sink, [...input, ...input.slice(1, 3)]);
    expect(stats).toMatchObject({ stored: 4, alreadyStored: 2, objects: 1 });
    expect(sink.texts()[0]![1].trimEnd().split("\n")).toHaveLength(4);
    const again = await write(sink, [...input, ...input.slice(1, 3)]);
    expect(again.stats).toMatchObject({ stored: 0, alreadyStored: 6 });
  });

  it("closes an object when it is full, and takes a line that is larger than an object", async () => {
    const sink = new MemorySink();
    const input = rows(300, 1, 50);
    input.splice(100, 0, { partition: "p=0", id: idOf(1e6), line: JSON.stringify({ big: "x".repeat(50_000) }) });
    await write(sink, input, { maxObjectBytes: 4096 });
    const texts = sink.texts().map(([, text]) => text);
    expect(texts.length).toBeGreaterThan(4);
    for (const text of texts) {
      const lines = text.trimEnd().split("\n");
      // Full at the last line and not before.
      expect(
        Buffer.byteLength(
          lines
            .slice(0, -1)
            .map((line) => `${line}\n`)
            .join(""),
        ),
      ).toBeLessThan(4096);
    }
    expect(texts.join("").trimEnd().split("\n").sort()).toEqual(input.map(({ line }) => line).sort());
  });

  it("closes the largest object early when all together are too large", async () => {
    const sink = new MemorySink();
    const line = (n: number): string => JSON.stringify({ n, pad: "x".repeat(980) });
    const input = Array.from({ length: 40 }, (_, n) => ({
      partition: n % 4 === 0 ? "p=small" : "p=large",
      id: idOf(n),
      line: line(n),
    }));
    const writer = new LakeWriter(sink, { maxOpenBytes: 20_000 });
    for (const { partition, id, line } of input) await writer.add(partition, id, TIME, line);
    await writer.close();
    // The small one, never the largest, stays open to the end.
    const counts = sink.texts().map(([key, text]) => `${key.split("/")[2]} ${text.split("\n").length - 1}`);
    expect(counts.sort()).toEqual(["p=large 12", "p=large 15", "p=large 3", "p=small 10"]);
    expect(writer.stats.stored).toBe(40);
  });

  it("keeps a bounded number of objects open", async () => {
    const sink = new MemorySink();
    const { stats } = await write(sink, rows(300, 30), { maxOpenObjects: 10 });
    expect(stats.stored).toBe(300);
    expect(stats.objects).toBeGreaterThan(30);
  });

  it("makes the same objects whatever the sink's pace", async () => {
    const row = fc.record({
      partition: fc.constantFrom("p=a", "p=b", "p=c"),
      n: fc.nat({ max: 40 }),
      pad: fc.string({ maxLength: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 120 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 200, max: 4000 }),
        async (list, puts, size) => {
          const input = list.map(({ partition, n, pad }) => ({
            partition,
            id: idOf(n),
            line: JSON.stringify({ n, pad }),
          }));
          const options = { maxObjectBytes: size, maxOpenBytes: 2 * size, maxOpenObjects: 2 };
          const quick = new MemorySink();
          const slow = new MemorySink({ delayMs: (put) => (put * 7) % 3 });
          const first = await write(quick, input, options);
          const second = await write(slow, input, { ...options, maxConcurrentPuts: puts });
          expect(slow.objects).toEqual(quick.objects);
          expect(second.stats).toEqual(first.stats);
          expect(first.stats.stored + first.stats.alreadyStored).toBe(input.length);
          // Every event is there with every content it came with, and every object is what its name says.
          const there = new Set<string>();
          for (const [key, text] of quick.texts()) {
            const lines = text.trimEnd().split("\n");
            expect(parseObjectName(key.split("/").at(-1)!)?.count).toBe(lines.length);
            for (const line of lines) there.add(`${key.split("/")[2]} ${line}`);
          }
          for (const { partition, line } of input) expect(there.has(`${partition} ${line}`)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("waits for the sink when enough puts are under way", async () => {
    const sink = new MemorySink({ delayMs: () => 2 });
    const { stats } = await write(sink, rows(200, 50), { maxObjectBytes: 200, maxConcurrentPuts: 3 });
    expect(sink.maxInFlight).toBe(3);
    expect(stats.stored).toBe(200);
  });
});

describe("LakeWriter when the sink fails", () => {
  it("rejects, and counts only what was acknowledged", async () => {
    const sink = new MemorySink({ fails: (put) => put === 4, delayMs: () => 1 });
    const writer = new LakeWriter(sink, { maxObjectBytes: 300, maxConcurrentPuts: 2 });
    const run = async (): Promise<void> => {
      for (const { partition, id, line } of rows(500)) await writer.add(partition, id, TIME, line);
      await writer.close();
    };
    await expect(run()).rejects.toBeInstanceOf(StorageError);
    const acknowledged = sink.texts().reduce((sum, [, text]) => sum + text.trimEnd().split("\n").length, 0);
    expect(writer.stats.stored).toBe(acknowledged);
    expect(writer.stats.objects).toBe(sink.objects.size);
    expect(acknowledged).toBeLessThan(500);
    // It stays failed, and writes nothing more.
    const { puts } = sink;
    await expect(writer.close()).rejects.toBeInstanceOf(StorageError);
    expect(sink.puts).toBe(puts);
  });

  it("does not count a repeat as stored when its object was not", async () => {
    const writer = new LakeWriter(new MemorySink({ fails: () => true }));
    const [row] = rows(1);
    for (let i = 0; i < 3; i++) await writer.add(row!.partition, row!.id, TIME, row!.line);
    await expect(writer.close()).rejects.toBeInstanceOf(StorageError);
    expect(writer.stats).toEqual({ stored: 0, alreadyStored: 0, objects: 0, bytesOut: 0 });
  });

  it("loses nothing over repeated deliveries, and doubles nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 1e6 }), fc.integer({ min: 1, max: 4 }), async (seed, puts) => {
        // One put in six fails.
        const sink = new MemorySink({ fails: (put) => Number.parseInt(idOf(seed + put).slice(0, 8), 16) % 6 === 0 });
        const input = rows(60, 3);
        let writer: LakeWriter | undefined;
        for (let tries = 0; writer === undefined && tries < 500; tries++) {
          writer = await write(sink, input, { maxObjectBytes: 1000, maxConcurrentPuts: puts }).catch(() => undefined);
        }
        expect(writer!.stats.stored + writer!.stats.alreadyStored).toBe(60);
        const lines = sink.texts().flatMap(([, text]) => text.trimEnd().split("\n"));
        expect(lines.sort()).toEqual(input.map(({ line }) => line).sort());
      }),
      { numRuns: 10 },
    );
  });
});

/** A line as the pipeline writes it: what comes before the id differs by delivery. */
function lineOf(delivery: string, id: string, content: string): string {
  return JSON.stringify({ ingest: { schema: 1, id: delivery, eventId: id, inferred: ["stage"] }, verb: content });
}

describe("LakeWriter and events that claim one id", () => {
  const row = (delivery: string, id: string, content: string): Row => ({
    partition: "p=0",
    id,
    line: lineOf(delivery, id, content),
  });

  it("takes the same content by another delivery for a repeat", async () => {
    const sink = new MemorySink();
    const input = [row("one:1", idOf(1), "get"), row("one:2", idOf(2), "get"), row("two:77", idOf(1), "get")];
    const { stats } = await write(sink, input);
    expect(stats).toMatchObject({ stored: 2, alreadyStored: 1 });
    expect(sink.texts()[0]![1]).toBe(`${input[0]!.line}\n${input[1]!.line}\n`);
  });

  it("keeps both of two contents, in order, under a name that tells", async () => {
    const sink = new MemorySink();
    const input = [row("one:1", idOf(1), "get"), row("one:2", idOf(2), "list"), row("one:3", idOf(1), "delete")];
    const { stats } = await write(sink, input);
    expect(stats).toMatchObject({ stored: 3, alreadyStored: 0, objects: 1 });
    const [[key, text]] = sink.texts() as [[string, string]];
    expect(text).toBe(input.map(({ line }) => `${line}\n`).join(""));
    const digest = createHash("sha256")
      .update([idOf(1), idOf(2), idOf(1)].join("\n"))
      .digest("hex");
    expect(key).toContain(`-3-${digest.slice(0, 24)}.ndjson.gz`);
    const again = await write(sink, input);
    expect(again.stats).toMatchObject({ stored: 0, alreadyStored: 3 });
  });

  it("knows each of several contents again", async () => {
    const sink = new MemorySink();
    const contents = ["get", "delete", "patch"].map((verb) => row("one:1", idOf(1), verb));
    const { stats } = await write(sink, [...contents, ...contents, contents[1]!]);
    expect(stats).toMatchObject({ stored: 3, alreadyStored: 4 });
  });

  it("is not led astray by an id inside a string", async () => {
    const sink = new MemorySink();
    const decoy = `x","eventId":"${idOf(1)}"`;
    const { stats } = await write(sink, [row(`${decoy} a`, idOf(1), "get"), row(`${decoy} b`, idOf(1), "delete")]);
    expect(stats).toMatchObject({ stored: 2, alreadyStored: 0 });
  });

  it("takes contents that begin alike for different ones", async () => {
    const sink = new MemorySink();
    const { stats } = await write(
      sink,
      ["get", "gets", "ge", "gét"].map((verb) => row("one:1", idOf(1), verb)),
    );
    expect(stats).toMatchObject({ stored: 4, alreadyStored: 0 });
  });

  it("loses none of thousands that claim one id, and does not compare each with all before it", async () => {
    const sink = new MemorySink();
    const input = Array.from({ length: 20_000 }, (_, n) => row("one:1", idOf(1), `${n}`));
    const started = performance.now();
    const { stats } = await write(sink, input);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(stats.stored + stats.alreadyStored).toBe(20_000);
    expect(new Set(sink.texts().flatMap(([, text]) => text.trimEnd().split("\n"))).size).toBe(20_000);
  });
});
