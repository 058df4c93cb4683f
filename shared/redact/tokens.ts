import { ALNUM, isIn, mixture, runEnd, runStart, TOKEN, withChars } from "./chars.ts";
import type { Spans } from "./spans.ts";

/** Tokens that their issuer marks with a fixed beginning. Formats: the issuers' own pages and secret scanning lists. */
export interface TokenFamily {
  readonly id: string;
  readonly what: string;
  readonly prefixes: readonly string[];
  /** Characters after the prefix, at least. */
  readonly min: number;
  /** Characters of the token besides letters, digits, `-` and `_`. */
  readonly also?: string;
  /** A prefix so short that the rest has to look random too: upper case, lower case and digits. */
  readonly mixed?: true;
}

export const TOKEN_FAMILIES: readonly TokenFamily[] = [
  {
    id: "github-token",
    what: "GitHub tokens",
    prefixes: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    min: 22,
  },
  {
    id: "gitlab-token",
    what: "GitLab tokens",
    prefixes: ["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glsoat-", "glft-", "glagent-", "glimt-", "GR1348941"],
    min: 18,
    also: ".",
  },
  {
    id: "slack-token",
    what: "Slack tokens and webhook addresses",
    prefixes: ["xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-", "hooks.slack.com/services/"],
    min: 10,
    also: "./",
  },
  {
    id: "package-registry-token",
    what: "npm, PyPI, RubyGems, crates.io and Docker Hub tokens",
    prefixes: ["npm_", "pypi-AgEI", "rubygems_", "cio", "dckr_pat_", "dckr_oat_"],
    min: 24,
    mixed: true,
  },
  {
    id: "stripe-key",
    what: "Stripe keys and webhook secrets",
    prefixes: ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
    min: 16,
  },
  {
    id: "ai-key",
    what: "keys of OpenAI, Anthropic and others that took over `sk-`; Hugging Face",
    prefixes: ["sk-", "hf_"],
    min: 30,
    mixed: true,
  },
  { id: "google-api-key", what: "Google API keys and OAuth client secrets", prefixes: ["AIza", "GOCSPX-"], min: 24 },
  {
    id: "google-oauth-token",
    what: "Google access and refresh tokens",
    prefixes: ["ya29.", "1//0"],
    min: 24,
    also: "./",
  },
  {
    id: "vault-token",
    what: "HashiCorp Vault and Terraform Cloud tokens",
    prefixes: ["hvs.", "hvb.", "hvr.", ".atlasv1."],
    min: 24,
  },
  {
    id: "openshift-token",
    what: "OpenShift OAuth tokens",
    prefixes: ["sha256~"],
    min: 40,
  },
  {
    id: "saas-token",
    what: "tokens of SendGrid, DigitalOcean, Databricks, Grafana, Shopify, Tailscale, New Relic, Postman, Linear, Notion, age",
    prefixes: [
      "SG.",
      "dop_v1_",
      "doo_v1_",
      "dapi",
      "glsa_",
      "glc_",
      "shpat_",
      "shpss_",
      "tskey-",
      "NRAK-",
      "PMAK-",
      "lin_api_",
      "ntn_",
      "AGE-SECRET-KEY-1",
    ],
    min: 22,
    also: ".",
  },
];

/** Enough of a token to see whether it is random. */
const SAMPLE = 128;

/** A finder for the tokens of one family. A token begins where no letter or digit stands before it. */
export function tokenFinder(family: TokenFamily): (text: string, spans: Spans) => void {
  const also = withChars(new Uint8Array(128), family.also ?? "");
  const members = withChars(TOKEN, family.also ?? "");
  return (text, spans) => {
    for (const prefix of family.prefixes) {
      let at = text.indexOf(prefix);
      while (at >= 0 && spans.look()) {
        const after = at + prefix.length;
        const isInside = prefix[0] !== "." && at > 0 && isIn(ALNUM, text.charCodeAt(at - 1));
        const next = isInside ? after : runEnd(text, after, members);
        const end = runStart(text, next, also, after);
        const isRandom = family.mixed !== true || mixture(text.slice(after, Math.min(end, after + SAMPLE))) === 3;
        if (!isInside && end - after >= family.min && isRandom) {
          spans.add(prefix[0] === "." ? runStart(text, at, ALNUM, at - 64) : at, end, family.id);
        }
        at = text.indexOf(prefix, next);
      }
    }
  };
}
