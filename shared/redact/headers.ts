import { ALNUM, BASE64, isIn, runEnd, withChars } from "./chars.ts";
import type { Spans } from "./spans.ts";

const SCHEME = /(bearer|basic)(?:[ \t+]|%20){1,4}/gi;
const BEARER = withChars(BASE64, ".~");
const MIN_BEARER = 16;
const MIN_BASIC = 6;

/** `Bearer x` and `Basic x` (RFC 6750, RFC 7617) wherever they stand. "basic auth" in a sentence is neither. */
export function findAuthorization(text: string, spans: Spans): void {
  SCHEME.lastIndex = 0;
  for (let match = SCHEME.exec(text); match !== null && spans.look(); match = SCHEME.exec(text)) {
    const start = match.index + match[0].length;
    const isBasic = match[1]!.toLowerCase() === "basic";
    let end = runEnd(text, start, isBasic ? BASE64 : BEARER);
    while (text[end] === "=") end++;
    SCHEME.lastIndex = Math.max(end, start);
    const secret = text.slice(start, end);
    if (isBasic ? end - start >= MIN_BASIC && isUserAndPassword(secret) : end - start >= MIN_BEARER) {
      spans.add(start, end, "authorization-header");
    }
  }
}

/** Base64 of `user:password`. */
export function isUserAndPassword(base64: string): boolean {
  if (base64.length > 4096) return true;
  const text = Buffer.from(base64, "base64").toString("latin1");
  return text.includes(":") && !/[^\t\n\r\x20-\x7e\x80-\xff]/.test(text);
}

const DOCKER_AUTH = /"?auth\\{0,8}"\s{0,4}:\s{0,4}\\{0,8}"/g;

/** The `auth` of registries in dockerconfigjson, base64 of `user:password`. */
export function findDockerAuth(text: string, spans: Spans): void {
  DOCKER_AUTH.lastIndex = 0;
  for (let match = DOCKER_AUTH.exec(text); match !== null && spans.look(); match = DOCKER_AUTH.exec(text)) {
    const start = match.index + match[0].length;
    let end = runEnd(text, start, BASE64);
    while (text[end] === "=") end++;
    DOCKER_AUTH.lastIndex = Math.max(end, start);
    if (end - start >= MIN_BASIC && isUserAndPassword(text.slice(start, end))) spans.add(start, end, "registry-auth");
  }
}

const ACCESS_KEY = /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g;

/** AWS access key ids, and in their company anything that has the shape of the secret key. */
export function findAwsKeys(text: string, spans: Spans): void {
  ACCESS_KEY.lastIndex = 0;
  let found = false;
  for (let match = ACCESS_KEY.exec(text); match !== null && spans.look(); match = ACCESS_KEY.exec(text)) {
    const end = match.index + match[0].length;
    if ((match.index > 0 && isIn(ALNUM, text.charCodeAt(match.index - 1))) || isIn(ALNUM, text.charCodeAt(end)))
      continue;
    spans.add(match.index, end, "aws-access-key-id");
    found = true;
  }
  if (found) findForty(text, spans, LOOSE);
}

const AWS_SECRET_LENGTH = 40;
const SECRET_KEY = withChars(ALNUM, "+/");

interface Randomness {
  digits: number;
  /** Bits for each character: random base64 of this length has 4.7 on average, words and paths stay under 4.3. */
  entropy: number;
}

const STRICT: Randomness = { digits: 2, entropy: 4.35 };
/** Beside an access key id not much is needed to believe it. */
const LOOSE: Randomness = { digits: 0, entropy: 3.9 };

/** Runs of exactly 40 base64 characters that look random, the shape of an AWS secret access key. Hex digests do not. */
export function findForty(text: string, spans: Spans, least: Randomness = STRICT): void {
  for (let at = 0; at < text.length; ) {
    const end = runEnd(text, at, SECRET_KEY);
    const isLong = end - at === AWS_SECRET_LENGTH && text[end] !== "=";
    if (isLong && looksRandom(text.slice(at, end), least)) spans.add(at, end, "aws-secret-key");
    at = end + 1;
  }
}

function looksRandom(run: string, least: Randomness): boolean {
  const upper = run.replace(/[^A-Z]/g, "").length;
  const lower = run.replace(/[^a-z]/g, "").length;
  const digits = run.replace(/[^0-9]/g, "").length;
  if (upper < 4 || lower < 4 || digits < least.digits) return false;
  const counts = new Map<string, number>();
  for (const char of run) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / run.length) * Math.log2(count / run.length);
  return bits >= least.entropy;
}
