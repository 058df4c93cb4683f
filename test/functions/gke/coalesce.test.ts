import { describe, expect, it } from "vitest";
import { BusyError, type CoalesceBounds, Coalescer } from "../../../functions/gke/coalesce.ts";

const WIDE: CoalesceBounds = { maxItems: 1000, maxBytes: 1e9, maxWaitMs: 20, maxHeldBytes: 1e9 };

/** A writer whose batches are let go by hand. */
function held() {
  const batches: { items: readonly number[]; done: () => void; fail: (error: Error) => void }[] = [];
  const write = (items: readonly number[]) =>
    new Promise<void>((done, fail) => {
      batches.push({ items, done, fail });
    });
  return { batches, write };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("Coalescer", () => {
  it("writes what arrives within the wait together, and tells nobody before it is written", async () => {
    const { batches, write } = held();
    const coalescer = new Coalescer<number>(WIDE, write);
    let told = 0;
    const adds = [1, 2, 3].map((n) => coalescer.add(n, 10).then(() => told++));
    await expect.poll(() => batches.length).toBe(1);
    await turn();
    expect(batches[0]!.items).toEqual([1, 2, 3]);
    expect(told).toBe(0);
    batches[0]!.done();
    await Promise.all(adds);
    expect(told).toBe(3);
  });

  it("closes a batch by count and by bytes, and opens the next while one is being written", async () => {
    const { batches, write } = held();
    const coalescer = new Coalescer<number>({ ...WIDE, maxItems: 2, maxBytes: 100, maxWaitMs: 60_000 }, write);
    const adds = [coalescer.add(1, 10), coalescer.add(2, 10), coalescer.add(3, 100), coalescer.add(4, 10)];
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2], [3]]);
    const drained = coalescer.drain();
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1, 2], [3], [4]]);
    for (const { done } of batches) done();
    await Promise.all([...adds, drained]);
  });

  it("fails those of the batch that failed and no others", async () => {
    const { batches, write } = held();
    const coalescer = new Coalescer<number>({ ...WIDE, maxItems: 2, maxWaitMs: 60_000 }, write);
    const adds = [1, 2, 3, 4].map((n) => coalescer.add(n, 10));
    await turn();
    batches[0]!.fail(new Error("no"));
    batches[1]!.done();
    expect((await Promise.allSettled(adds)).map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
  });

  it("refuses what would be too much in hand, and takes it again when there is room", async () => {
    const { batches, write } = held();
    const coalescer = new Coalescer<number>({ ...WIDE, maxItems: 1, maxHeldBytes: 100 }, write);
    const first = coalescer.add(1, 90);
    await expect(coalescer.add(2, 20)).rejects.toBeInstanceOf(BusyError);
    await turn();
    batches[0]!.fail(new Error("no"));
    await expect(first).rejects.toThrow("no");
    // Alone, even one that is larger than the bound goes through: else it never could.
    const large = coalescer.add(3, 500);
    await turn();
    batches[1]!.done();
    await large;
  });

  it("drains: what waits is written at once, what comes later too, and it resolves when nothing is in hand", async () => {
    const { batches, write } = held();
    const coalescer = new Coalescer<number>({ ...WIDE, maxWaitMs: 60_000 }, write);
    const first = coalescer.add(1, 10);
    let drained = false;
    const drain = coalescer.drain().then(() => (drained = true));
    const late = coalescer.add(2, 10);
    await turn();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
    batches[0]!.done();
    await first;
    await turn();
    expect(drained).toBe(false);
    batches[1]!.fail(new Error("no"));
    await expect(late).rejects.toThrow("no");
    await drain;
  });
});
