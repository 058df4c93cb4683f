import { ALNUM, isSpace, runEnd, withChars } from "./chars.ts";
import type { Spans } from "./spans.ts";

const MAX_AUTHORITY = 512;
const HOST = withChars(ALNUM, "-.:[]");
/** User names without a password that are not tokens: `git@`, `ec2-user@`. */
const PLAIN_USER = /^[A-Za-z][A-Za-z_.-]{0,19}$/;

/** `scheme://user:password@host`: the password; the user too, where it is a token. */
export function findUrlCredentials(text: string, spans: Spans): void {
  let at = text.indexOf("://");
  while (at >= 0 && spans.look()) {
    const start = at + 3;
    const end = authorityEnd(text, start);
    let sign = end - 1;
    while (sign > start && text[sign] !== "@") sign--;
    if (sign > start) credentials(text, start, sign, spans);
    at = text.indexOf("://", Math.max(end, start));
  }
}

function credentials(text: string, start: number, sign: number, spans: Spans): void {
  if (text.startsWith("[REDACTED:", start)) {
    spans.add(start, sign, "url-credentials");
    return;
  }
  const colon = text.indexOf(":", start);
  if (colon < 0 || colon >= sign) {
    if (!PLAIN_USER.test(text.slice(start, Math.min(sign, start + 64)))) spans.add(start, sign, "url-credentials");
    return;
  }
  const password = text.slice(colon + 1, sign);
  const user = text.slice(start, colon);
  // `https://<token>:x-oauth-basic@`, `https://<token>:@`: the token is the user.
  const tokenIsUser = user.length > 30 || password === "" || password === "x-oauth-basic";
  if (tokenIsUser)
    spans.add(start, sign, "url-credentials", password === "" || password === "x-oauth-basic" ? user : password);
  else spans.add(colon + 1, sign, "url-credentials");
}

/**
 * End of the authority (RFC 3986, 3.2). A `/` before an `@` is part of a password that somebody forgot to encode, if there is a
 * colon before it that is not a port's.
 */
function authorityEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_AUTHORITY);
  let end = start;
  while (end < limit && !stops(text.charCodeAt(end))) end++;
  if (
    end < limit &&
    "/?#".includes(text[end]!) &&
    /:(?!\d{1,5}$)/.test(text.slice(start, end)) &&
    !text.slice(start, end).includes("@")
  ) {
    let further = end;
    while (further < limit && !quotesOrSpace(text.charCodeAt(further))) {
      if (text[further] === "@") return further + 1 + hostLength(text, further + 1, limit);
      further++;
    }
  }
  return end;
}

function quotesOrSpace(c: number): boolean {
  return isSpace(c) || c === 0x22 || c === 0x27 || c === 0x3c || c === 0x3e || c === 0x60;
}

function hostLength(text: string, from: number, limit: number): number {
  return Math.min(runEnd(text, from, HOST), limit) - from;
}

function stops(c: number): boolean {
  return (
    isSpace(c) ||
    c === 0x2f ||
    c === 0x3f ||
    c === 0x23 ||
    c === 0x22 ||
    c === 0x27 ||
    c === 0x3c ||
    c === 0x3e ||
    c === 0x5c ||
    c === 0x60
  );
}

const SIGNED = withChars(ALNUM, "%+/=_.~-[]:");
const SIGNATURE =
  /(?:[?&;]|^|%3F|%26)(?:sig|[Xx]-[Aa]mz-[Ss]ignature|[Xx]-[Aa]mz-[Ss]ecurity-[Tt]oken|[Xx]-[Gg]oog-[Ss]ignature|Signature|SharedAccessSignature sr)(?:=|%3[Dd])/g;

/** Signatures of pre-signed URLs: Azure SAS, AWS SigV4 and CloudFront, Google Cloud Storage. */
export function findSignatures(text: string, spans: Spans): void {
  SIGNATURE.lastIndex = 0;
  for (let match = SIGNATURE.exec(text); match !== null && spans.look(); match = SIGNATURE.exec(text)) {
    const start = match.index + match[0].length;
    const end = runEnd(text, start, SIGNED);
    if (end - start >= 16) spans.add(start, end, "signed-url");
    SIGNATURE.lastIndex = end;
  }
}
