import { describe, expect, it } from "vitest";
import { withRetries } from "../../../shared/lake/retry.ts";

const POLICY = { maxAttempts: 6, baseDelayMs: 100, maxDelayMs: 500, deadlineMs: 10_000 };

/** A clock that sleeps without waiting and always draws `random`. */
function clock(random: number) {
  let now = 0;
  const pauses: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    pauses.push(ms);
    now += ms;
  };
  return { now: () => now, random: () => random, sleep, pauses, pass: (ms: number) => (now += ms) };
}

function failing(times: number): { call: () => Promise<string>; calls: () => number } {
  let calls = 0;
  const call = async () => {
    if (++calls <= times) throw new Error(`failure ${calls}`);
    return "done";
  };
  return { call, calls: () => calls };
}

describe("withRetries", () => {
  it("tries again with pauses that double up to the bound", async () => {
    const time = clock(1);
    expect(await withRetries(failing(5).call, () => true, POLICY, time)).toBe("done");
    expect(time.pauses).toEqual([100, 200, 400, 500, 500]);
  });

  it("draws each pause between nothing and the bound", async () => {
    const time = clock(0.25);
    await withRetries(failing(2).call, () => true, POLICY, time);
    expect(time.pauses).toEqual([25, 50]);
  });

  it("gives up after the last attempt with the last error", async () => {
    const { call, calls } = failing(99);
    await expect(withRetries(call, () => true, POLICY, clock(0))).rejects.toThrow("failure 6");
    expect(calls()).toBe(6);
  });

  it("does not repeat what is not worth it", async () => {
    const { call, calls } = failing(99);
    await expect(withRetries(call, () => false, POLICY, clock(0))).rejects.toThrow("failure 1");
    expect(calls()).toBe(1);
  });

  it("starts no call after the deadline", async () => {
    const time = clock(0.5);
    let calls = 0;
    const slow = async () => {
      calls++;
      time.pass(4_000);
      throw new Error("slow");
    };
    await expect(withRetries(slow, () => true, POLICY, time)).rejects.toThrow("slow");
    expect(calls).toBe(3);
  });

  it("really waits by the system's clock", async () => {
    const started = performance.now();
    const policy = { maxAttempts: 3, baseDelayMs: 0, maxDelayMs: 0, deadlineMs: 1000 };
    expect(await withRetries(failing(2).call, () => true, policy)).toBe("done");
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
