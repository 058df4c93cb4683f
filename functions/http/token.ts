import { createHash, timingSafeEqual } from "node:crypto";

const BEARER = /^Bearer +([^\s]+)$/i;

/**
 * Checks `Authorization: Bearer TOKEN` (RFC 6750, 2.1). Both sides are hashed first, so that the comparison takes the
 * same time whatever the length and however much agrees.
 */
export class TokenCheck {
  readonly #digest: Buffer;

  /** @param token without surrounding white space; not empty. */
  constructor(token: string) {
    this.#digest = digest(token);
  }

  allows(authorization: string | undefined): boolean {
    const match = authorization === undefined ? null : BEARER.exec(authorization);
    return timingSafeEqual(digest(match?.[1] ?? ""), this.#digest) && match !== null;
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
