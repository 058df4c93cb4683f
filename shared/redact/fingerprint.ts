import { createHmac, createSecretKey } from "node:crypto";

export interface FingerprintKey {
  /** HMAC key, at least 16 bytes. Comes from a secret store or the environment and is never written anywhere. */
  key: Uint8Array;
  /** Names the key in every fingerprint, so that a reader knows which ones can be compared after a rotation. */
  keyId: string;
  /** Who may correlate: one domain for a tenant (equal across clusters) or one for each cluster (not). */
  domain: string;
}

/** Takes the secret's own bytes or text, returns `<key id>:<32 hex digits>`. */
export type Fingerprint = (secret: string | Uint8Array) => string;

const MIN_KEY_BYTES = 16;
const HEX_DIGITS = 32; // 16 of the 32 bytes: no collision in any archive, half the space.

/**
 * HMAC-SHA-256 over domain, NUL and the secret. A keyed hash, because passwords are few enough to search an unkeyed
 * one. One line end at the end of the secret is left out: `echo x | base64` and `x` typed in YAML are one secret.
 * Throws on a key that is too short and on a key id that is not `[A-Za-z0-9._-]{1,32}`.
 */
export function createFingerprint(options: FingerprintKey): Fingerprint {
  if (options.key.byteLength < MIN_KEY_BYTES) throw new Error(`fingerprint key: needs at least ${MIN_KEY_BYTES} bytes`);
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(options.keyId))
    throw new Error("fingerprint key id: use 1 to 32 of A-Z a-z 0-9 . _ -");
  const key = createSecretKey(options.key);
  const domain = `${options.domain}\0`;
  const prefix = `${options.keyId}:`;
  return (secret) => {
    const bytes = typeof secret === "string" ? Buffer.from(secret, "utf8") : secret;
    const digest = createHmac("sha256", key).update(domain).update(withoutLineEnd(bytes)).digest("hex");
    return prefix + digest.slice(0, HEX_DIGITS);
  };
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === 0x0a) end--;
  if (end > 0 && end < bytes.length && bytes[end - 1] === 0x0d) end--;
  return end === bytes.length ? bytes : bytes.subarray(0, end);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The bytes of a value of `Secret.data`: decoded if it is base64 (line breaks allowed), else the text as it is. */
export function secretBytes(value: string): string | Uint8Array {
  const compact = value.includes("\n") ? value.replace(/[\r\n]+/g, "") : value;
  return compact.length % 4 === 0 && BASE64.test(compact) ? Buffer.from(compact, "base64") : value;
}
