import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochMs, parseTime, toMicroseconds } from "../../shared/time.ts";

describe("parseTime", () => {
  const read: [string, string][] = [
    ["2026-11-22T01:02:03Z", "2026-11-22T01:02:03Z"],
    ["2026-11-22T01:02:03.4Z", "2026-11-22T01:02:03.4Z"],
    ["2026-11-22T01:02:03.456789Z", "2026-11-22T01:02:03.456789Z"],
    ["2020-05-05T16:16:37.0000000Z", "2020-05-05T16:16:37.0000000Z"],
    ["2026-11-22T01:02:03.123456789Z", "2026-11-22T01:02:03.123456789Z"],
    ["2026-11-22T01:02:03.1234567891234Z", "2026-11-22T01:02:03.123456789Z"],
    ["2026-11-22t01:02:03z", "2026-11-22T01:02:03Z"],
    ["2026-11-22T01:02:03,5Z", "2026-11-22T01:02:03.5Z"],
    ["2026-11-22T01:02:03.50+01:30", "2026-11-21T23:32:03.50Z"],
    ["2026-11-22T01:02:03-0800", "2026-11-22T09:02:03Z"],
    ["2022-11-29 00:09:04.38", "2022-11-29T00:09:04.38Z"],
    ["2022-11-29 00:09:04.38 UTC", "2022-11-29T00:09:04.38Z"],
    ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"],
    ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"],
    ["0050-01-01T00:00:00+00:00", "0050-01-01T00:00:00Z"],
  ];
  for (const [text, utc] of read) it(`reads ${text}`, () => expect(parseTime(text)?.utc).toBe(utc));

  it("says when a zone was assumed", () => {
    expect(parseTime("2022-11-29 00:09:04")?.zoned).toBe(false);
    expect(parseTime("2022-11-29T00:09:04Z")?.zoned).toBe(true);
  });

  for (const text of [
    "",
    "now",
    "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-11-22T24:00:00Z",
    "2026-11-22T00:60:00Z",
    "2026-11-22",
    "../../2026-11-22T01:02:03Z",
    "2026-11-22T01:02:03Z\n",
    "9999-12-31T23:59:59-23:59",
    "2026-11-22T01:02:03+99:99",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => expect(parseTime(text)).toBeUndefined());
  }

  it("refuses what is not a string", () => {
    for (const value of [undefined, null, 1700000000, {}, []]) expect(parseTime(value)).toBeUndefined();
  });

  it("agrees with Date on every instant", () => {
    const range = { min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(range), (date) => {
        const text = date.toISOString();
        expect(parseTime(text)?.utc).toBe(text);
        expect(epochMs(text)).toBe(date.getTime());
      }),
    );
  });
});

describe("toMicroseconds", () => {
  it("pads and cuts", () => {
    expect(toMicroseconds("2026-11-22T01:02:03Z")).toBe("2026-11-22T01:02:03.000000Z");
    expect(toMicroseconds("2026-11-22T01:02:03.4Z")).toBe("2026-11-22T01:02:03.400000Z");
    expect(toMicroseconds("2026-11-22T01:02:03.123456789Z")).toBe("2026-11-22T01:02:03.123456Z");
  });
});
