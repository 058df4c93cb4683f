import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PartitionKey } from "../../../shared/lake/partition.ts";
import { escapeValue, partitionPath } from "../../../shared/lake/partition.ts";

const PROD = {
  provider: "eks",
  account: "111122223333",
  region: "eu-west-1",
  cluster: "prod",
  time: "2026-11-22T13:05:01.123456Z",
};

/** Any string, and more often those that could go wrong. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  // Lone surrogates too.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom("..", ".", "/", "\\", "%", "%2F", "=", "~", "\0", "\n", "a", "é", "\ud800", "😀", "-", "_"),
      { maxLength: 120 },
    )
    .map((parts) => parts.join("")),
  fc.constantFrom("unknown", "__HIVE_DEFAULT_PARTITION__", "%75nknown", "hour=13", "CON", "a".repeat(5000)),
);
const value = fc.option(hostile, { nil: undefined });

describe("partitionPath", () => {
  it("is the folder of the event's cluster and hour", () => {
    expect(partitionPath(PROD)).toBe(
      "provider=eks/account=111122223333/region=eu-west-1/cluster_name=prod/date=2026-11-22/hour=13",
    );
  });

  it("says unknown for what is absent or empty", () => {
    expect(partitionPath({ provider: "aks", account: "", time: PROD.time })).toBe(
      "provider=aks/account=unknown/region=unknown/cluster_name=unknown/date=2026-11-22/hour=13",
    );
  });

  it.each([
    "",
    "now",
    "2026-11-22",
    "2026-11-22T13:05:01",
    "2026-11-22T13:05:01+01:00",
    "2026-11-22T../..:00Z",
    "2026-11-22T13:05:01Z/..",
  ])("does not take %j for a time", (time) =>
    expect(partitionPath({ ...PROD, time })).toMatch(/\/cluster_name=prod\/date=unknown\/hour=unknown$/),
  );

  it("gives exactly six safe folders for any input", () => {
    fc.assert(
      fc.property(value, value, value, value, value, (provider, account, region, cluster, time) => {
        const parts = partitionPath({ provider, account, region, cluster, time }).split("/");
        expect(parts.map((part) => part.split("=")[0])).toEqual([
          "provider",
          "account",
          "region",
          "cluster_name",
          "date",
          "hour",
        ]);
        for (const part of parts) {
          expect(part).toMatch(/^[a-z_]+=(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/);
          expect(part.length).toBeLessThanOrEqual(213);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("gives different places different folders", () => {
    const key: fc.Arbitrary<PartitionKey> = fc.record({
      provider: value,
      account: value,
      region: value,
      cluster: value,
    });
    const same = (a: string | undefined, b: string | undefined) => (a || "unknown") === (b || "unknown");
    fc.assert(
      fc.property(key, key, (a, b) => {
        const equal = (["provider", "account", "region", "cluster"] as const).every((name) => same(a[name], b[name]));
        expect(partitionPath(a) === partitionPath(b)).toBe(equal);
      }),
      { numRuns: 500 },
    );
  });
});

describe("escapeValue", () => {
  it.each([
    ["prod-eu_1.example", "prod-eu_1.example"],
    ["a/b", "a%2Fb"],
    ["..", "%2E%2E"],
    [".", "%2E"],
    ["...", "%2E.%2E"],
    [".hidden", "%2Ehidden"],
    ["trailing.", "trailing%2E"],
    ["a=b", "a%3Db"],
    ["50%", "50%25"],
    ["café", "caf%C3%A9"],
    ["😀", "%F0%9F%98%80"],
    ["a~b!'()*", "a%7Eb%21%27%28%29%2A"],
    ["\0", "%00"],
    ["__HIVE_DEFAULT_PARTITION__", "%5F_HIVE_DEFAULT_PARTITION__"],
    ["unknown", "unknown"],
    ["x".repeat(200), "x".repeat(200)],
  ])("writes %j as %s", (text, escaped) => expect(escapeValue(text)).toBe(escaped));

  it("can be read back wherever it is not cut", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = escapeValue(text);
        if (!escaped.includes("~")) expect(decodeURIComponent(escaped)).toBe(text === "" ? "unknown" : text);
        else expect(text.isWellFormed() && encodeURIComponent(text).length <= 100).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("cuts long values between characters and tells them apart", () => {
    const a = escapeValue("é".repeat(300));
    const b = escapeValue(`${"é".repeat(299)}e`);
    expect(a).toMatch(/^(%C3%A9){27}~[0-9a-f]{32}$/);
    expect(b).toMatch(/^(%C3%A9){27}~[0-9a-f]{32}$/);
    expect(a).not.toBe(b);
    // 34 characters of 6 bytes are more than 200.
    expect(escapeValue("é".repeat(33))).toBe("%C3%A9".repeat(33));
    expect(escapeValue("é".repeat(34))).toMatch(/^(%C3%A9){27}~[0-9a-f]{32}$/);
    expect(escapeValue("x".repeat(201))).toMatch(/^x{165}~[0-9a-f]{32}$/);
    expect(escapeValue(`.${"x".repeat(300)}`)).toMatch(/^%2Ex{164}~[0-9a-f]{32}$/);
  });

  it("never makes bytes that are not UTF-8: DuckDB refuses a lake with one such folder", () => {
    const lone = ["\ud800", "\udc00", "a\ud800b", "a\udc00b"].map(escapeValue);
    expect(new Set(lone).size).toBe(4);
    for (const escaped of lone) expect(() => decodeURIComponent(escaped)).not.toThrow();
  });
});
