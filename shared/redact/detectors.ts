import { findAuthorization, findAwsKeys, findDockerAuth } from "./headers.ts";
import { BARE_KEY_SIGNS, findBareKeys, findJwts, findPrivateKeys } from "./keys.ts";
import { findCiphertexts, findDumps, findManifests, findQuotedValues } from "./messages.ts";
import { STEM_TRIGGERS } from "./names.ts";
import { findPairs } from "./pairs.ts";
import type { Spans } from "./spans.ts";
import { TOKEN_FAMILIES, tokenFinder } from "./tokens.ts";
import { findSignatures, findUrlCredentials } from "./urls.ts";

/** A way to find one sort of secret inside a text. */
export interface Detector {
  readonly id: string;
  /** In words, for the documentation. */
  readonly what: string;
  readonly surfaces: readonly number[];
  /** Lower case; a text without any of them is never given to `find`. */
  readonly triggers: readonly string[];
  /** Adds what it finds. Linear in the length of the text, whatever the text. */
  find(text: string, spans: Spans): void;
}

/** Surfaces of running text, where any detector may find something. */
const ANY_TEXT = [19, 20, 22, 23, 26, 29, 30, 31, 32, 33, 35, 37, 39, 40];

/** In order of precedence: of two that claim the same text, the first names it. */
export const DETECTORS: readonly Detector[] = [
  {
    id: "secret-manifest",
    what: "a Secret's manifest in a text that is not JSON",
    surfaces: [10, 11, 24, 26, 40],
    triggers: [
      "kind: secret",
      "kind:secret",
      'kind":"secret',
      'kind": "secret',
      'kind\\":\\"secret',
      'kind\\": \\"secret',
    ],
    find: findManifests,
  },
  {
    id: "private-key",
    what: "PEM private keys, PKCS #8 without PEM lines, PuTTY keys",
    surfaces: [17, 28, ...ANY_TEXT],
    triggers: ["-----begin"],
    find: findPrivateKeys,
  },
  {
    id: "private-key",
    what: "",
    surfaces: [],
    triggers: [...BARE_KEY_SIGNS.map((sign) => sign.toLowerCase()), "putty-user-key-file"],
    find: findBareKeys,
  },
  { id: "jwt", what: "JSON web tokens", surfaces: [15, 16, ...ANY_TEXT], triggers: ["eyj"], find: findJwts },
  ...TOKEN_FAMILIES.map((family) => ({
    id: family.id,
    what: family.what,
    surfaces: ANY_TEXT,
    triggers: family.prefixes.map((prefix) => prefix.toLowerCase()),
    find: tokenFinder(family),
  })),
  {
    id: "aws-access-key-id",
    what: "AWS access key ids",
    surfaces: ANY_TEXT,
    triggers: ["akia", "asia", "abia", "acca"],
    find: findAwsKeys,
  },
  {
    id: "url-credentials",
    what: "passwords in URLs",
    surfaces: [22, 25, ...ANY_TEXT],
    triggers: ["://"],
    find: findUrlCredentials,
  },
  {
    id: "signed-url",
    what: "signatures of pre-signed URLs (Azure SAS, AWS, Google)",
    surfaces: [22, ...ANY_TEXT],
    triggers: ["sig=", "sig%3d", "signature=", "signature%3d", "security-token=", "security-token%3d"],
    find: findSignatures,
  },
  {
    id: "authorization-header",
    what: "Bearer and Basic credentials",
    surfaces: [19, 20, ...ANY_TEXT],
    triggers: ["bearer ", "bearer+", "bearer%20", "basic ", "basic+", "basic%20"],
    find: findAuthorization,
  },
  {
    id: "registry-auth",
    what: "auth of registries in dockerconfigjson",
    surfaces: [13, ...ANY_TEXT],
    triggers: ['auth"', 'auth\\"', "auth\\\\"],
    find: findDockerAuth,
  },
  {
    id: "named-secret",
    what: 'a value written next to a secret\'s name: password=x, --token x, "apiKey": "x"',
    surfaces: ANY_TEXT,
    triggers: STEM_TRIGGERS,
    find: findPairs,
  },
  {
    id: "quoted-value",
    what: "values that the API server quotes when it refuses them",
    surfaces: [33, 37],
    triggers: [" value: ", "not found: "],
    find: findQuotedValues,
  },
  {
    id: "object-dump",
    what: "dumps and diffs of Go structures in messages",
    surfaces: [33],
    triggers: [
      "core.",
      "apps.",
      "batch.",
      "v1.pod",
      "v1.container",
      "v1.envvar",
      "v1.secret",
      "v1.volume",
      "v1.object",
      "map[string]",
    ],
    find: findDumps,
  },
  {
    id: "ciphertext",
    what: "values encrypted by SOPS",
    surfaces: [27],
    triggers: ["enc[aes256_gcm,"],
    find: findCiphertexts,
  },
];
