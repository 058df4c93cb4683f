import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DETECTORS } from "../../../shared/redact/detectors.ts";
import { FIXED_RULES, RULES } from "../../../shared/redact/rules.ts";

const DOCUMENT = new URL("../../../docs/redaction.md", import.meta.url);
const ids = [...RULES.map(({ id }) => id), ...new Set(DETECTORS.map(({ id }) => id))];

describe("the table of rules", () => {
  it("names each rule once, in small letters", () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/);
  });

  it("answers every surface that an event can have", () => {
    const answered = new Set([...RULES, ...DETECTORS].flatMap(({ surfaces }) => surfaces));
    for (let surface = 1; surface <= 40; surface++) expect(answered, `surface ${surface}`).toContain(surface);
  });

  it("says in words what each rule does", () => {
    for (const { id, what } of RULES) expect(what.length, id).toBeGreaterThan(10);
  });

  it("fixes rules that exist", () => {
    for (const id of FIXED_RULES) expect(ids).toContain(id);
  });

  it("is documented rule by rule", () => {
    expect(existsSync(DOCUMENT)).toBe(true);
    const text = readFileSync(DOCUMENT, "utf8");
    for (const id of ids) expect(text, id).toContain(`\`${id}\``);
  });

  it("has no more detectors than the prefilter has bits", () => {
    expect(DETECTORS.length).toBeLessThanOrEqual(28);
  });
});
