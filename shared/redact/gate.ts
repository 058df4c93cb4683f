import { ALNUM, isIn, mixture, runEnd, TOKEN } from "./chars.ts";
import { DETECTORS } from "./detectors.ts";
import type { RedactionPolicy } from "./policy.ts";

export interface Leak {
  rule: string;
}

/**
 * The anchors cost the most: one pass each over every object. These are chosen by measurement (0.3 ns a byte for the pattern, whose
 * alternatives are all long; 0.05 to 0.1 for a short literal that begins with a rare character).
 */
const LONG_ANCHORS = /eyJ[A-Za-z0-9_-]{10}|PRIVATE KEY-----|LS0tLS1CRUdJTi|A[KS]IA[A-Z0-9]{10}/g;
const SHORT_ANCHORS: readonly { readonly text: string; readonly rule: string; readonly min: number }[] = [
  { text: "AIza", rule: "google-api-key", min: 35 },
  { text: "xoxb-", rule: "slack-token", min: 24 },
  { text: "ghp_", rule: "github-token", min: 36 },
  { text: "glpat-", rule: "gitlab-token", min: 20 },
  { text: "_live_", rule: "stripe-key", min: 24 },
];

/**
 * The output gate: a last look at the encoded text of an object, before a sink gets it, for secrets that cannot be anything else.
 * Independent of the walk. Returns the rule of the first one found, never where or what it is; undefined for a clean text. Markers, public
 * certificates and the access key ids of IAM identities are not leaks. `ignored`: rules that a policy keeps.
 */
export function findLeak(text: string, ignored: ReadonlySet<string> = new Set()): Leak | undefined {
  LONG_ANCHORS.lastIndex = 0;
  for (let match = LONG_ANCHORS.exec(text); match !== null; match = LONG_ANCHORS.exec(text)) {
    // What is refused is not looked at again from inside: the time must not grow with the square of the text.
    const end = runEnd(text, match.index, match[0].startsWith("A") ? ALNUM : TOKEN);
    const rule = confirm(text, match.index, end, match[0]);
    if (rule !== undefined && !ignored.has(rule)) return { rule };
    LONG_ANCHORS.lastIndex = Math.max(end, match.index + match[0].length);
  }
  for (const { text: anchor, rule, min } of SHORT_ANCHORS) {
    if (ignored.has(rule)) continue;
    for (let at = text.indexOf(anchor); at >= 0; ) {
      const after = at + anchor.length;
      const end = runEnd(text, after, TOKEN);
      const begins =
        rule === "stripe-key"
          ? /(?:^|[^A-Za-z0-9])[sr]k$/.test(text.slice(Math.max(0, at - 3), at))
          : standsAlone(text, at);
      if (begins && end - after >= min && mixture(text.slice(after, end)) >= 2) return { rule };
      at = text.indexOf(anchor, end);
    }
  }
  return undefined;
}

/** Rules that `policy` keeps in texts on purpose; the gate must let them through. */
export function ignoredByGate(policy: RedactionPolicy = {}): ReadonlySet<string> {
  const ids = new Set(DETECTORS.map((detector) => detector.id));
  return new Set(
    Object.entries(policy.rules ?? {}).flatMap(([id, mode]) => (mode === "keep" && ids.has(id) ? [id] : [])),
  );
}

/** The rule of an anchor at `at` in a run of characters that ends at `end`; undefined if it is not what it looks like. */
function confirm(text: string, at: number, end: number, anchor: string): string | undefined {
  if (anchor.startsWith("eyJ")) return isJwt(text, at, end) ? "jwt" : undefined;
  if (anchor.startsWith("PRIVATE")) {
    return text.slice(Math.max(0, at - 48), at).includes("-----BEGIN ") ? "private-key" : undefined;
  }
  if (anchor.startsWith("LS0t")) {
    const pem = Buffer.from(text.slice(at, at + 88), "base64").toString("latin1");
    return pem.includes("PRIVATE KEY-----") ? "private-key" : undefined;
  }
  const isId = end - at === 20 && standsAlone(text, at) && !IDENTITY.test(text.slice(Math.max(0, at - 32), at));
  return isId ? "aws-access-key-id" : undefined;
}

/** Before the access key id of an IAM identity, which stays: it leads to CloudTrail. */
const IDENTITY = /accessKeyId\\{0,8}"\s{0,4}:\s{0,4}\[?\s{0,4}\\{0,8}"$/i;

/** A header that is a JSON object with `alg` in it, and a payload: nothing else looks like that. */
function isJwt(text: string, at: number, end: number): boolean {
  if (end - at > 4096 || text[end] !== ".") return false;
  let payload = end + 1;
  while (payload - end < 9 && isIn(TOKEN, text.charCodeAt(payload))) payload++;
  if (payload - end < 9) return false;
  try {
    const header: unknown = JSON.parse(Buffer.from(text.slice(at, end), "base64url").toString("utf8"));
    return typeof header === "object" && header !== null && "alg" in header;
  } catch {
    return false;
  }
}

function standsAlone(text: string, at: number): boolean {
  return at === 0 || !isIn(ALNUM, text.charCodeAt(at - 1)) || text[at - 2] === "\\";
}
