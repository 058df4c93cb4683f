import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { simulate } from "./traffic.ts";
import { CANARY, CANARY_BASE64, markersOf, PLANTED, plantedValues, SURFACES, type Surface, vaultOf } from "./vault.ts";
import { wireText } from "./wire.ts";

const traffic = (level: "managed" | "metadata" | "request-response") =>
  [...simulate({ seed: 21, start: "2026-11-22T09:00:00Z", count: 12_000, level, provider: "eks" })]
    .map((event) => wireText(event))
    .join("\n");

describe("planted secrets", () => {
  it("hold the marker in plain and in base64 form", () => {
    expect(Buffer.from(CANARY).toString("base64")).toBe(CANARY_BASE64);
    const { helmReleases, ...others } = vaultOf(21);
    for (const value of Object.values(others).flat() as string[]) {
      expect(value).toContain(CANARY);
      expect(Buffer.from(value).toString("base64")).toContain(CANARY_BASE64);
    }
    for (const release of helmReleases) {
      const compressed = Buffer.from(Buffer.from(release, "base64").toString(), "base64");
      expect(gunzipSync(compressed).toString()).toContain(`${CANARY}hlm`);
    }
  });

  it("differ by seed and are the same for the same seed", () => {
    expect(plantedValues(21)).toEqual(plantedValues(21));
    expect(plantedValues(22)).not.toEqual(plantedValues(21));
    expect(new Set(plantedValues(21)).size).toBeGreaterThan(150);
  });

  it("are on every surface where everything is recorded, and nothing else carries the marker", () => {
    const text = traffic("request-response");
    for (const surface of Object.keys(SURFACES) as Surface[]) {
      if (surface === "hlm") continue;
      expect(
        markersOf([surface]).some((marker) => text.includes(marker)),
        surface,
      ).toBe(true);
    }
    const listed = plantedValues(21);
    expect(vaultOf(21).helmReleases.some((release) => text.includes(release))).toBe(true);
    expect(listed.some((value) => vaultOf(21).helmReleases[0]?.includes(value))).toBe(true);
    for (const [value] of text.matchAll(/[A-Za-z0-9]{3}c4n4ry[a-z]{3}[A-Za-z0-9]{12}/g)) {
      expect(listed.some((planted) => planted.includes(value))).toBe(true);
    }
  });

  it("still leak under the managed policy, and by URI and message at Metadata", () => {
    const managed = traffic("managed");
    for (const surface of ["env", "exe", "whp", "msg"] as const) expect(managed).toContain(`${CANARY}${surface}`);
    for (const surface of ["sec", "tok", "rev", "cfm"] as const) {
      for (const marker of markersOf([surface])) expect(managed).not.toContain(marker);
    }
    const metadata = traffic("metadata");
    expect(metadata).toContain(`${CANARY}exe`);
    expect(metadata).not.toContain(`${CANARY}env`);
    expect(metadata).not.toContain(`${CANARY}whp`);
  });

  it("are what PLANTED finds", () => {
    const text = traffic("request-response");
    for (const needle of PLANTED) expect(text).toContain(needle);
  });
});
