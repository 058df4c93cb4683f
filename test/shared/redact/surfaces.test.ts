import { describe, expect, it } from "vitest";
import { shows } from "./encodings.ts";
import { redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

describe.each(SURFACES)("surface $surface: $name", ({ plant, rules, kind }) => {
  const secret = secretFor(kind, 1);
  const { text, rules: answered, hits } = redact(plant(secret));

  it("does not show the secret", () => {
    expect(shows(JSON.stringify(plant(secret)), secret), "the event shows it before").toBe(true);
    expect(shows(text, secret)).toBe(false);
  });

  it("says by which rules and where", () => {
    expect(answered).toEqual(expect.arrayContaining([...rules]));
    for (const { path } of hits) expect(path).toMatch(/^\//);
  });

  it("says the same when it is done again", () => {
    const again = redact(JSON.parse(text));
    const withoutSidecar = (json: string) => JSON.stringify({ ...JSON.parse(json), ingest: 0 });
    expect(withoutSidecar(again.text)).toBe(withoutSidecar(text));
  });
});

it("has a case for every surface that an event can have", () => {
  const numbers = new Set(SURFACES.map(({ surface }) => surface));
  // 36 are annotations that stay; 41 to 45 are envelopes, the pipeline and JSON itself.
  const expected = Array.from({ length: 40 }, (_, i) => i + 1).filter((n) => n !== 36);
  expect([...numbers].sort((a, b) => a - b)).toEqual(expected);
});
