import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ADAPTERS } from "../../functions/sources.ts";
import type { SourceContext } from "../../shared/adapter.ts";

/**
 * Golden cases of the adapters: test/fixtures/<provider>/<case>/ holds `in.json` (one value) or `in.txt` (one line of
 * text), `out.json` (the items), `note.md` (the quirk that the case pins) and, if the caller knows something,
 * `context.json`. UPDATE_GOLDEN=1 writes the answers anew: read the difference before keeping it.
 */
const FIXTURES = path.resolve(import.meta.dirname, "../fixtures");
const UPDATE = process.env["UPDATE_GOLDEN"] === "1";

const json = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));

describe.each(ADAPTERS)("$name: golden cases", (adapter) => {
  const folder = path.join(FIXTURES, adapter.name);
  const cases = existsSync(folder) ? readdirSync(folder) : [];

  it("exist", () => {
    expect(cases.length).toBeGreaterThan(0);
  });

  it.each(cases)("%s", (name) => {
    const file = (base: string) => path.join(folder, name, base);
    const text = file("in.txt");
    const value = existsSync(text) ? readFileSync(text, "utf8").replace(/\n$/, "") : json(file("in.json"));
    const context = existsSync(file("context.json")) ? (json(file("context.json")) as SourceContext) : {};
    const items = [...adapter.decode(value, context)];

    if (UPDATE) writeFileSync(file("out.json"), `${JSON.stringify(items, null, 2)}\n`);
    expect(JSON.parse(JSON.stringify(items))).toEqual(json(file("out.json")));
    expect(readFileSync(file("note.md"), "utf8").trim().length).toBeGreaterThan(20);
  });
});
