import { describe, expect, it } from "vitest";
import { ENVELOPES, linesFor } from "./main.ts";

describe("the generator's command line", () => {
  it.each(Object.keys(ENVELOPES))("writes %s, one JSON text a line", (envelope) => {
    const text = [...linesFor(["--seed", "7", "--count", "300", "--envelope", envelope])].join("");
    const lines = text.split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      if (envelope === "eks-export") expect(line).toMatch(/^\S+Z ./);
      else expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  it("takes a level, a start, hours and a rate", () => {
    const lines = [
      ...linesFor(["--level", "metadata", "--hours", "0.5", "--rate", "1000", "--start", "2026-01-02T00:00:00Z"]),
    ];
    expect(lines.length).toBeGreaterThan(400);
    expect(lines.length).toBeLessThan(600);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({
        level: "Metadata",
        stageTimestamp: expect.stringMatching(/^2026-01-02T00:[0-3]/),
      });
  });

  it.each([
    [["--envelope", "gcp"], /--envelope must be one of kubernetes/],
    [["--level", "all"], /--level must be one of managed/],
    [["--count", "many"], /--count must be a number/],
    [["--rate", "0"], /--rate must be a number/],
    [["--nonsense"], /nonsense/],
  ])("refuses %j", (argv, message) => {
    expect(() => linesFor(argv)).toThrow(message);
  });
});
