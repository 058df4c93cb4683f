import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KEY, redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

/** Rules that go by the place of a value and never look at it. */
const BY_PLACE =
  /^(?:secret\.(?:data|string-data)|token-.*|env\.value|http-header\.value|configmap\.data|crd\.(?!sops).*|named-field|user\.extra|table\.cells|patch\.value|uri\.(?:query|proxy|continue|selector)|managed-fields)$/;

const withoutFingerprints = (text: string) => text.replace(/"fp":"[^"]*"/g, '"fp":""');

/** Two events that differ in a secret only are stored as the same bytes: no length, order, error or count tells them apart. */
describe.each(SURFACES)("surface $surface: $name", ({ plant, rules, kind }) => {
  it("stores the same bytes for secrets that look alike", () => {
    fc.assert(
      fc.property(fc.nat(999_999), fc.nat(999_999), (a, b) => {
        const one = plant(secretFor(kind, a));
        const other = plant(secretFor(kind, b));
        expect(redact(one).text).toBe(redact(other).text);
        expect(withoutFingerprints(redact(one, { fingerprint: KEY }).text)).toBe(
          withoutFingerprints(redact(other, { fingerprint: KEY }).text),
        );
      }),
      { numRuns: 20 },
    );
  });

  it.runIf(kind === "any" && rules.every((rule) => BY_PLACE.test(rule)))(
    "stores the same bytes whatever the secret",
    () => {
      const secret = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
      fc.assert(
        fc.property(secret, secret, (a, b) => {
          expect(redact(plant(a)).text).toBe(redact(plant(b)).text);
        }),
        { numRuns: 50 },
      );
    },
  );
});
