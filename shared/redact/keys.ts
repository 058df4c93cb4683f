import { BASE64, runEnd, runStart, TOKEN, withChars } from "./chars.ts";
import type { Spans } from "./spans.ts";

/** PEM blocks with a private key, from BEGIN to END; without an END to the end of the text (RFC 7468, escaped or not). */
export function findPrivateKeys(text: string, spans: Spans): void {
  let at = text.indexOf("-----BEGIN");
  while (at >= 0 && spans.look()) {
    const label = text.slice(at + 10, at + 74);
    const dashes = label.indexOf("-----");
    if (!/PRIVATE(?: |\+|%20)KEY/.test(dashes < 0 ? label : label.slice(0, dashes))) {
      at = text.indexOf("-----BEGIN", at + 10);
      continue;
    }
    const footer = text.indexOf("-----END", at);
    let end = text.length;
    if (footer >= 0) {
      const close = text.indexOf("-----", footer + 8);
      if (close >= 0) end = close + 5;
    }
    spans.add(at, end, "private-key");
    at = text.indexOf("-----BEGIN", end);
  }
}

/** What base64 of the DER of an unencrypted key has near its beginning: the algorithm of PKCS #8 (RSA, P-256, Ed25519). */
export const BARE_KEY_SIGNS = ["ADANBgkqhkiG9w0BAQEFAASC", "MBMGByqGSM49AgEGCCqGSM49AwEHBG", "MC4CAQAwBQYDK2VwBCIEI"];

const WRAPPED = withChars(BASE64, "\r\n");

/** Keys without their PEM lines, and PuTTY's own format. */
export function findBareKeys(text: string, spans: Spans): void {
  for (const sign of BARE_KEY_SIGNS) {
    let at = text.indexOf(sign);
    while (at >= 0 && spans.look()) {
      const start = runStart(text, at, BASE64, at - 32);
      let end = runEnd(text, at, WRAPPED);
      while (text[end] === "=") end++;
      spans.add(start, end, "private-key");
      at = text.indexOf(sign, end);
    }
  }
  const putty = text.indexOf("PuTTY-User-Key-File");
  if (putty >= 0) spans.add(putty, text.length, "private-key");
}

const JWT = withChars(TOKEN, ".");

/** Compact JWS and JWE (RFC 7515, RFC 7516): `eyJ`, then parts joined by dots. A cut one has its claims all the same. */
export function findJwts(text: string, spans: Spans): void {
  let at = text.indexOf("eyJ");
  while (at >= 0 && spans.look()) {
    const dot = runEnd(text, at, TOKEN);
    const next = runEnd(text, dot, JWT);
    let end = next;
    while (text[end - 1] === ".") end--;
    if (dot < end && dot - at >= 12 && end - dot > 8) spans.add(at, end, "jwt");
    at = text.indexOf("eyJ", next);
  }
}
