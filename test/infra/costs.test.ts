import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Costs } from "../../infra/costs.ts";
import { evaluate, renderCosts } from "../../infra/costs.ts";

const docs = resolve(import.meta.dirname, "../../docs");
const costs = JSON.parse(readFileSync(`${docs}/costs.json`, "utf8")) as Costs;
const page = readFileSync(`${docs}/costs.md`, "utf8");

describe("docs/costs.md", () => {
  it("shows what its formulas give", () => {
    const tables = /<!-- tables: begin -->\n([\s\S]*?)\n<!-- tables: end -->/.exec(page)?.[1];
    expect(tables).toBe(renderCosts(costs));
  });

  it("marks and dates every value, and says what it is", () => {
    for (const [name, { value, mark, date, text }] of Object.entries(costs.values)) {
      expect(value, name).toBeGreaterThan(0);
      expect(Object.keys(costs.marks), name).toContain(mark);
      expect(date, name).toMatch(/^20\d\d-\d\d(?:-\d\d)?$/);
      expect(text.length, name).toBeGreaterThan(5);
    }
  });

  it("uses every value", () => {
    const used = new Set(["days"]);
    const lines = costs.sources.flatMap(({ perEvent, perMonth }) => [...perEvent, ...perMonth]);
    for (const { formula } of [...lines, costs.storage]) evaluate(formula, costs.values, used);
    expect(Object.keys(costs.values).filter((name) => !used.has(name))).toEqual([]);
  });

  it("counts in the second GKE table what is in the first", () => {
    const [first, second] = costs.sources.filter(({ name }) => name.startsWith("GKE"));
    const sum = first!.perEvent.reduce((total, { formula }) => total + evaluate(formula, costs.values), 0);
    expect(evaluate(second!.perEvent[1]!.formula, costs.values)).toBeCloseTo(sum, 15);
  });

  it("agrees with a sum done by hand: a million EKS events are 2.067 GB, at 0.50 a GB", () => {
    expect(evaluate(costs.sources[0]!.perEvent[0]!.formula, costs.values) * 1e6).toBeCloseTo(1.0335, 10);
    expect(page).toMatch(/\| EKS \| CloudWatch Logs ingestion [^|]*\| 1\.03 \|/);
  });
});

describe("evaluate", () => {
  const values = { a: { value: 6, unit: "", mark: "M", date: "2026-11-22", text: "" } };

  it.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["8 - 4 - 2", 2],
    ["a / 3 / 2", 1],
    ["1e3 * 2.5", 2500],
    ["2 * (a - (1 + 1))", 8],
  ])("computes %s", (formula, expected) => expect(evaluate(formula, values)).toBe(expected));

  it.each(["", "1 +", "(1", "1)", "2 3", "b", "1 ^ 2", "a.b", "*"])("refuses %j", (formula) => {
    expect(() => evaluate(formula, values)).toThrow(/not a formula|no value for/);
  });
});
