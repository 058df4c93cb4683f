import { describe, expect, it } from "vitest";
import { ENCODINGS, shows } from "./encodings.ts";
import { redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

/** Whatever a client made of the secret before it sent it, nothing of it is stored. */
describe.each(Object.entries(ENCODINGS))("canary as %s", (_encoding, encode) => {
  it.each(SURFACES.filter(({ kind }) => kind === "any"))("$surface: $name", ({ plant }) => {
    const secret = secretFor("any", 2);
    const { text } = redact(plant(encode(secret)));
    expect(shows(text, secret)).toBe(false);
    expect(text).not.toContain(encode(secret));
  });
});
