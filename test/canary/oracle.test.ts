import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CANARY, ENCODINGS, onTheWire, shows } from "./canary.ts";
import { PHRASE_NAMES, PHRASES } from "./phrases.ts";

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");
const inside = (text: string): string => JSON.stringify({ kind: "Event", note: [`before ${text} after`] });

/** The search that the matrix relies on: it has to find what it is looking for, however it is wrapped. */
describe("the search for canaries", () => {
  it.each(Object.entries(ENCODINGS))("finds the secret as %s, alone and inside JSON", (_name, encode) => {
    expect(shows(encode(CANARY))).toBe(true);
    expect(shows(inside(encode(CANARY)))).toBe(true);
    expect(shows(JSON.stringify(inside(encode(CANARY))))).toBe(true);
    for (const phrase of PHRASE_NAMES) {
      expect(shows(inside(PHRASES[phrase](encode(CANARY)))), phrase).toBe(true);
      expect(shows(inside(encode(PHRASES[phrase](CANARY)))), phrase).toBe(true);
    }
  });

  it("finds it in base64 however it is aligned, and behind what is not base64", () => {
    for (let before = 0; before < 7; before++) {
      const text = base64(`${"x".repeat(before)}${CANARY}`);
      for (const lead of ["", "/", "a/", "ab/", "abc/", "="]) expect(shows(`"${lead}${text}"`)).toBe(true);
    }
  });

  it.each([
    ["half of it", `x${CANARY.slice(0, 12)}x`],
    ["the other half", `x${CANARY.slice(12)}x`],
    ["other letter case", CANARY.toUpperCase()],
    ["escapes on the wire", onTheWire(inside(CANARY))],
    ["hex in base64", base64(ENCODINGS.hex(CANARY))],
    ["percent encoding twice", encodeURIComponent(ENCODINGS.percent(CANARY))],
    ["base64 in percent encoding", encodeURIComponent(base64(`${CANARY}??>`))],
    ["base64 of base64 of base64", base64(base64(base64(CANARY)))],
    ["a Helm release in a Secret", base64(base64(gzipSync(inside(CANARY)).toString("base64")))],
    ["gzip that was cut", base64(gzipSync(`${CANARY} ${"x".repeat(500)}`).subarray(0, -12))],
  ])("finds %s", (_name, text) => expect(shows(text)).toBe(true));

  it.each([
    ["nothing", ""],
    ["markers", inside("[REDACTED:secret.data] subject=CN=jane")],
    ["other secrets", inside(`${base64("hunter2 hunter2 hunter2")} eyJhbGciOiJIUzI1NiJ9.e30.c2ln`)],
    ["a digest of it", inside("b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184")],
    ["a third of it", CANARY.slice(8, 16)],
    ["broken gzip", base64(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9]))],
  ])("does not see it in %s", (_name, text) => expect(shows(text)).toBe(false));
});
