import { describe, expect, it } from "vitest";
import { DETECTORS } from "../../../shared/redact/detectors.ts";
import type { Mode } from "../../../shared/redact/policy.ts";
import { RULES } from "../../../shared/redact/rules.ts";
import { EXAMPLES } from "./detector-examples.ts";
import { shows } from "./encodings.ts";
import { redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

/**
 * Rules that take nothing out by themselves when they are on: what they are for is tested by their own tests (limits, strict modes,
 * places where fewer rules hold).
 */
const ELSEWHERE = new Set([
  "text-only",
  "exec.argument",
  "custom-resource",
  "policy.path",
  "user.access-key-id",
  "fail-closed.depth",
  "fail-closed.nodes",
  "fail-closed.text",
  "fail-closed.error",
  "encoded-limit",
]);

const ids = [...new Set([...RULES.map(({ id }) => id), ...DETECTORS.map(({ id }) => id)])].filter(
  (id) => !ELSEWHERE.has(id),
);

/** Whether any surface or any text shows its secret under these modes. */
function leaks(rules: Record<string, Mode>): boolean {
  const policy = { rules };
  return (
    SURFACES.some(({ plant, kind }) => {
      const secret = secretFor(kind, 5);
      return shows(redact(plant(secret), { policy }).text, secret);
    }) ||
    EXAMPLES.some(({ text, secret }) =>
      redact({ requestObject: { kind: "Widget", text } }, { policy }).text.includes(secret),
    )
  );
}

/** Each rule is there for a reason: without it, something leaks. */
describe("mutation", () => {
  it("nothing leaks with all rules", () => {
    expect(leaks({})).toBe(false);
  });

  it.each(ids)("without %s a canary is found", (id) => {
    expect(leaks({ [id]: "keep" })).toBe(true);
  });
});
