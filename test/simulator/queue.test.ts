import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { microsOf, microTime, wholeTime } from "./clock.ts";
import { EventQueue } from "./queue.ts";
import { Random } from "./random.ts";

describe("EventQueue", () => {
  it("gives events back by time, equal times in order of arrival", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (times) => {
        const queue = new EventQueue();
        times.forEach((at, index) => {
          queue.push(at, { at, index });
        });
        const out = times.map(() => queue.pop());
        const expected = times.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at || a.index - b.index);
        expect(out).toEqual(expected);
        expect(queue.pop()).toBeUndefined();
        expect(queue.next).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 100 },
    );
  });

  it("keeps order when taking and putting alternate", () => {
    const random = new Random(1);
    const queue = new EventQueue();
    let now = 0;
    for (let i = 0; i < 2000; i++) {
      queue.push(now + random.int(500), { i });
      if (random.chance(0.45)) continue;
      const next = queue.next;
      expect(next).toBeGreaterThanOrEqual(now);
      now = next;
      queue.pop();
    }
    expect(queue.size).toBeGreaterThan(0);
  });
});

describe("clock", () => {
  it("writes microseconds and whole seconds, across the change of a second", () => {
    const at = microsOf("2026-11-22T01:02:03.456Z") + 789;
    expect(microTime(at)).toBe("2026-11-22T01:02:03.456789Z");
    expect(microTime(at + 543_211)).toBe("2026-11-22T01:02:04.000000Z");
    expect(wholeTime(at)).toBe("2026-11-22T01:02:03Z");
  });
});

describe("Random", () => {
  it("is even enough and repeats for a seed", () => {
    const random = new Random("even");
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const place = random.int(10);
      buckets[place] = (buckets[place] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 2000)).toBeLessThan(220);
    expect(new Random("x").uuid()).toBe(new Random("x").uuid());
    expect(new Random("x").uuid()).not.toBe(new Random("y").uuid());
    expect(new Random("x").fork("a").uuid()).not.toBe(new Random("x").fork("b").uuid());
  });

  it("forks do not move the stream they come from", () => {
    const [plain, forked] = [new Random(5), new Random(5)];
    forked.fork("elsewhere").uuid();
    expect(forked.uint32()).toBe(plain.uint32());
  });
});
