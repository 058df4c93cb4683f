import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createFingerprint } from "../../../shared/redact/fingerprint.ts";
import { KEY, redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

/** Surfaces where the secret is a value by itself, in some encoding. */
const WHOLE = [
  "Secret data",
  "Secret stringData",
  "SecretList, items without a kind",
  "merge patch",
  "JSON Patch of a key",
  "server-side apply as YAML text",
  "last-applied of a workload, nested",
  "TokenRequest",
  "TokenReview, both sides",
  "env of a container",
  "flag with a value",
  "flag and next word",
  "exec argument",
  "query parameter",
  "proxied query",
  "a field named like a secret",
  "user.extra",
  "refused value",
  "mutating webhook's patch",
  "text in base64 in base64",
  "JSON Patch without a path",
];

describe("correlation", () => {
  const secret = secretFor("any", 3);
  const expected = createFingerprint(KEY)(secret);
  const cases = SURFACES.filter(({ name }) => WHOLE.includes(name) && name !== "JSON Patch without a path");

  it("is tested on the surfaces it claims", () => {
    expect(cases.length).toBe(WHOLE.length - 1);
  });

  it.each(cases)("$name: the secret's fingerprint is the same as everywhere", ({ plant }) => {
    const { hits } = redact(plant(secret), { fingerprint: KEY });
    expect(hits.map(({ fp }) => fp)).toContain(expected);
  });

  it("is the same across encodings of a JWT", () => {
    const jwt = secretFor("jwt", 4);
    const inData = redact(
      { requestObject: { kind: "Secret", data: { t: Buffer.from(jwt).toString("base64") } } },
      { fingerprint: KEY },
    );
    const inText = redact({ userAgent: `x ${jwt}` }, { fingerprint: KEY });
    const inBase64 = redact({ userAgent: `x ${Buffer.from(`t ${jwt}`).toString("base64")}` }, { fingerprint: KEY });
    expect(new Set([inData, inText, inBase64].map(({ hits }) => hits[0]!.fp)).size).toBe(1);
  });

  it("does not count a line end at the end", () => {
    const fingerprint = createFingerprint(KEY);
    expect(fingerprint(`${secret}\n`)).toBe(fingerprint(secret));
    expect(fingerprint(`${secret}\r\n`)).toBe(fingerprint(secret));
    expect(fingerprint(`${secret}\n\n`)).not.toBe(fingerprint(secret));
  });

  it("differs by key and by domain, and names the key", () => {
    const base = createFingerprint(KEY)(secret);
    expect(base).toMatch(/^k1:[0-9a-f]{32}$/);
    expect(createFingerprint({ ...KEY, key: new Uint8Array(32).fill(8) })(secret)).not.toBe(base);
    expect(createFingerprint({ ...KEY, domain: "other" })(secret)).not.toBe(base);
    expect(createFingerprint({ ...KEY, keyId: "k2" })(secret)).toMatch(/^k2:/);
  });

  it("is never an unkeyed hash, and absent without a key", () => {
    for (const { plant } of cases) {
      const { text } = redact(plant(secret), { fingerprint: KEY });
      for (const algorithm of ["md5", "sha1", "sha256", "sha512"]) {
        const digest = createHash(algorithm).update(secret).digest();
        expect(text).not.toContain(digest.toString("hex").slice(0, 16));
        expect(text).not.toContain(digest.toString("base64").slice(0, 16));
      }
      expect(redact(plant(secret)).text).not.toContain('"fp"');
    }
  });

  it("refuses keys that protect nothing", () => {
    expect(() => createFingerprint({ ...KEY, key: new Uint8Array(8) })).toThrow(/at least 16 bytes/);
    expect(() => createFingerprint({ ...KEY, keyId: "a b" })).toThrow(/key id/);
  });
});
