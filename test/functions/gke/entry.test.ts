import { describe, expect, it } from "vitest";
import { integerOf, isTrue, objectOf, textOf, timeOf } from "../../../functions/gke/entry.ts";
import { parseJson } from "../../../shared/json.ts";

describe("fields of a LogEntry", () => {
  it("an empty text is an absent one", () => {
    expect([textOf("x"), textOf(""), textOf(7), textOf(null)]).toEqual(["x", undefined, undefined, undefined]);
  });

  it("a list or a number too long for a double is no object", () => {
    expect([objectOf({}), objectOf([]), objectOf(null), objectOf(parseJson("12345678901234567890"))]).toEqual([
      {},
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    [7, 7],
    ["7", 7],
    [0, 0],
    ["", undefined],
    ["x", undefined],
    [7.5, undefined],
    [1e300, undefined],
    [true, undefined],
  ])("%j is the integer %s", (value, integer) => {
    expect(integerOf(value)).toBe(integer);
  });

  it("true may be written as text", () => {
    expect([true, "true", "false", 1, undefined].map(isTrue)).toEqual([true, true, false, false, false]);
  });

  it.each([
    ["2026-11-22T01:02:03Z", "2026-11-22T01:02:03Z"],
    ["2026-11-22T01:02:03.100200300Z", "2026-11-22T01:02:03.100200300Z"],
    ["2026-11-22T01:02:03.456", "2026-11-22T01:02:03.456Z"],
    ["2026-11-22 01:02:03.456789 UTC", "2026-11-22T01:02:03.456789Z"],
    ["2026-11-22T02:02:03+01:00", "2026-11-22T01:02:03Z"],
    ["yesterday", undefined],
    [1795309323, undefined],
  ])("%j is the time %s", (value, time) => {
    expect(timeOf(value)).toBe(time);
  });
});
