import { describe, expect, it } from "vitest";
import { parseScope } from "../../../cli/query/scope.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

function window(from?: string, to?: string): [string | undefined, string | undefined] {
  const params = new Map<string, string>();
  if (from !== undefined) params.set("from", from);
  if (to !== undefined) params.set("to", to);
  const scope = parseScope(params, NOW);
  return [scope.from?.utc, scope.to?.utc];
}

describe("times of a scope", () => {
  it.each([
    ["2026-11-22", "2026-11-22T00:00:00Z"],
    ["2026-11-22T13:00:00Z", "2026-11-22T13:00:00Z"],
    ["2026-11-22T13:00:00+01:00", "2026-11-22T12:00:00Z"],
    ["2026-11-22 13:00:00", "2026-11-22T13:00:00Z"],
    ["2026-11-22T13:00:00.123456Z", "2026-11-22T13:00:00.123456Z"],
    ["30m", "2026-11-22T11:30:00.000Z"],
    ["6h", "2026-11-22T06:00:00.000Z"],
    ["7d", "2026-11-15T12:00:00.000Z"],
    ["now", "2026-11-22T12:00:00.000Z"],
  ])("%s is %s", (text, utc) => {
    expect(window(text)).toEqual([utc, undefined]);
  });

  it.each(["", "yesterday", "2026-02-31", "2026-11-22T25:00:00Z", "6 hours", "-6h", "7w", "'; DROP VIEW audit"])(
    "%j is none",
    (text) => {
      expect(() => window(text)).toThrow(/^from takes a date/);
      expect(() => window(undefined, text)).toThrow(/^to takes a date/);
    },
  );

  it("refuses an empty window", () => {
    expect(() => window("2026-11-22", "2026-11-22")).toThrow(/window is empty/);
    expect(() => window("1h", "2h")).toThrow(/window is empty/);
    expect(window("2026-11-22T00:00:00.500Z", "2026-11-22T00:00:00.500001Z")[1]).toBe("2026-11-22T00:00:00.500001Z");
  });
});
