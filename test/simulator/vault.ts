/**
 * Planted secrets. Every value holds `c4n4ry` and three letters that name the surface it is planted on, at an offset
 * divisible by three: so the base64 form of the value always holds the base64 form of that marker, and a test can
 * look for either in the bytes that left the process.
 */
import { gzipSync } from "node:zlib";
import { Random } from "./random.ts";

/** Where values of a kind are planted, by the three letters in them. */
export const SURFACES = {
  sec: "Secret data and stringData, their patches, lists and last-applied-configuration",
  tok: "tokens of TokenRequest responses (JWT)",
  rev: "tokens in TokenReview bodies (JWT)",
  pem: "PEM private keys in Secrets and ConfigMaps",
  hlm: "Helm releases: base64 of base64 of gzip, so only listed values find it",
  env: "literal env values of pod templates, also inside last-applied-configuration",
  arg: "container args",
  exe: "commands in the query of pods/exec",
  cfm: "ConfigMap data",
  msg: "values quoted in responseStatus.message and Status bodies",
  whp: "patch.webhook.admission.k8s.io annotations",
  evt: "credentials in URLs inside Event messages",
} as const;

export type Surface = keyof typeof SURFACES;

/** In the plain form of every planted value. */
export const CANARY = "c4n4ry";
/** In the base64 form of every planted value, Helm releases excepted. */
export const CANARY_BASE64 = "YzRuNHJ5";
/** The two fixed strings to look for in output bytes; `plantedValues` has the full list. */
export const PLANTED: readonly string[] = [CANARY, CANARY_BASE64];

/** What to look for when only some surfaces are of interest: the plain and base64 marker of each. */
export function markersOf(surfaces: readonly Surface[]): string[] {
  return surfaces.flatMap((surface) => [`${CANARY}${surface}`, base64(`${CANARY}${surface}`)]);
}

export interface Vault {
  readonly secrets: readonly string[];
  readonly tokens: readonly string[];
  readonly reviewTokens: readonly string[];
  readonly privateKeys: readonly string[];
  /** Values of `data.release`, already base64 as the API carries them. */
  readonly helmReleases: readonly string[];
  readonly envValues: readonly string[];
  readonly argValues: readonly string[];
  readonly commandPasswords: readonly string[];
  readonly configValues: readonly string[];
  readonly quotedValues: readonly string[];
  readonly injectedValues: readonly string[];
  readonly eventPasswords: readonly string[];
}

/** The values a simulation of `seed` plants. */
export function vaultOf(seed: number | string): Vault {
  const random = new Random(seed).fork("vault");
  const many = (count: number, surface: Surface) => Array.from({ length: count }, () => password(random, surface));
  return {
    secrets: many(24, "sec"),
    tokens: Array.from({ length: 12 }, () => jsonWebToken(random, "tok")),
    reviewTokens: Array.from({ length: 6 }, () => jsonWebToken(random, "rev")),
    privateKeys: Array.from({ length: 3 }, () => privateKey(random)),
    helmReleases: Array.from({ length: 3 }, (_, index) => helmRelease(random, index)),
    envValues: many(24, "env"),
    argValues: many(6, "arg"),
    commandPasswords: many(4, "exe"),
    configValues: many(8, "cfm"),
    quotedValues: many(4, "msg"),
    injectedValues: many(4, "whp"),
    eventPasswords: many(4, "evt"),
  };
}

/**
 * Every planted value of `seed`, plain and base64, each on one line (of a PEM block the line that holds the marker;
 * of a Helm release a piece of its middle).
 */
export function plantedValues(seed: number | string): string[] {
  const { privateKeys, helmReleases, ...plain } = vaultOf(seed);
  const lines = privateKeys.map((key) => key.split("\n").find((line) => line.includes(CANARY)) ?? key);
  return [
    ...Object.values(plain).flatMap((values) => values.flatMap((value: string) => [value, base64(value)])),
    ...lines.flatMap((line) => [line, base64(line.slice(0, 63))]),
    ...helmReleases.map((release) => release.slice(64, 192)),
  ];
}

export function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function password(random: Random, surface: Surface): string {
  return `${random.word(3)}${CANARY}${surface}${random.word(12)}`;
}

/** A service account token by its looks; the marker is in the signature, where no decoder alters it. */
function jsonWebToken(random: Random, surface: Surface): string {
  const header = base64url({ alg: "RS256", kid: random.word(43) });
  const payload = base64url({
    aud: ["https://kubernetes.default.svc"],
    exp: 1795312923,
    iat: 1795309323,
    iss: "https://oidc.example.com/id/0123456789ABCDEF",
    jti: random.uuid(),
    sub: "system:serviceaccount:web:storefront",
  });
  const start = `${header}.${payload}.`;
  const filler = random.word(30 + ((3 - ((start.length + 30) % 3)) % 3));
  return `${start}${filler}${CANARY}${surface}${random.word(290)}`;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value), "utf8").toString("base64url");
}

function privateKey(random: Random): string {
  const lines = ["-----BEGIN PRIVATE KEY-----"];
  for (let i = 0; i < 26; i++) lines.push(random.word(64));
  // 28 + 65 bytes precede the third line, and three letters the marker: the offset is divisible by three.
  lines[2] = `${random.word(3)}${CANARY}pem${random.word(52)}`;
  lines.push("-----END PRIVATE KEY-----", "");
  return lines.join("\n");
}

function helmRelease(random: Random, index: number): string {
  const release = {
    name: `release-${index}`,
    info: { status: "deployed", description: "Upgrade complete" },
    config: { auth: { password: password(random, "hlm") }, replicaCount: 3 },
    manifest: Array.from({ length: 40 }, () => `# ${random.word(60)}`).join("\n"),
    version: index + 1,
  };
  return base64(gzipSync(JSON.stringify(release), { level: 9 }).toString("base64"));
}
