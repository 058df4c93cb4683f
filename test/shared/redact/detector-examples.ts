/** Texts with a secret in them, by the rule that has to find it; all made up. Tokens are put together here so that no scanner takes
 * this file for a leak. */
export interface Example {
  readonly rule: string;
  readonly text: string;
  readonly secret: string;
}

const random = (length: number, alphabet = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYz"): string =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + (i >> 3)) % alphabet.length]).join("");

const base64url = (text: string) => Buffer.from(text).toString("base64url");
const jwt = `${base64url('{"alg":"RS256"}')}.${base64url('{"sub":"jane"}')}.${random(40)}`;
const pem = (label: string) => `-----BEGIN ${label}-----\n${random(64)}\n${random(20)}\n-----END ${label}-----`;

function token(rule: string, prefix: string, rest: string): Example {
  return { rule, text: `see ${prefix}${rest}, please`, secret: `${prefix}${rest}` };
}

function named(text: (secret: string) => string, secret = random(12)): Example {
  return { rule: "named-secret", text: text(secret), secret };
}

export const EXAMPLES: readonly Example[] = [
  { rule: "jwt", text: `token is ${jwt} ok`, secret: jwt },
  { rule: "jwt", text: `https://h.example.com/x?a=${jwt}&b=c`, secret: jwt },
  {
    rule: "jwt",
    text: `x${Buffer.from(`see ${jwt}`).toString("base64")}`.slice(1),
    secret: Buffer.from(`see ${jwt}`).toString("base64"),
  },
  { rule: "private-key", text: `a ${pem("RSA PRIVATE KEY")} b`, secret: random(64) },
  { rule: "private-key", text: `a ${pem("OPENSSH PRIVATE KEY").replaceAll("\n", "\\n")} b`, secret: random(64) },
  { rule: "private-key", text: pem("PRIVATE KEY").slice(0, 80), secret: random(20) },
  {
    rule: "private-key",
    text: Buffer.from(pem("EC PRIVATE KEY")).toString("base64"),
    secret: Buffer.from(pem("EC PRIVATE KEY")).toString("base64").slice(0, 60),
  },
  { rule: "private-key", text: `key MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${random(80)} end`, secret: random(80) },
  { rule: "private-key", text: `PuTTY-User-Key-File-2: ssh-rsa\n${random(64)}`, secret: random(64) },
  token("github-token", `gh${"p_"}`, random(36)),
  token("github-token", `github${"_pat_"}`, random(40)),
  token("gitlab-token", `glpat${"-"}`, random(20)),
  token("slack-token", `xox${"b-"}`, `123456789012-${random(24)}`),
  {
    rule: "slack-token",
    text: `post to https://hooks.slack.com/services/T00000000/B00000000/${random(24)} now`,
    secret: random(24),
  },
  token("package-registry-token", `npm${"_"}`, random(36)),
  token("stripe-key", `sk_${"live_"}`, random(24)),
  token("ai-key", `sk${"-"}`, random(48)),
  token("google-api-key", `AI${"za"}`, random(35)),
  token("google-oauth-token", `ya29${"."}`, random(60)),
  token("vault-token", `hvs${"."}`, random(30)),
  { rule: "vault-token", text: `use ${random(14)}.atlasv1.${random(60)} there`, secret: random(60) },
  token("openshift-token", "sha256~", random(43)),
  token("saas-token", "SG.", `${random(22)}.${random(43)}`),
  { rule: "aws-access-key-id", text: `id AKIA${"IOSFODNN7EXAMPLE"} x`, secret: "IOSFODNN7EXAMPLE" },
  {
    rule: "aws-secret-key",
    text: "AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  },
  {
    rule: "aws-secret-key",
    text: "it is wJalrXUtnFEMI/K7MDENG/bPxRfiCY3XAMPL1KEY",
    secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCY3XAMPL1KEY",
  },
  { rule: "url-credentials", text: "postgres://app:hunter2@db.example.com:5432/x", secret: "hunter2" },
  { rule: "url-credentials", text: "https://u:p/a/s@db.example.com/x", secret: "p/a/s" },
  {
    rule: "url-credentials",
    text: `git clone https://${random(40)}:x-oauth-basic@example.com/x.git`,
    secret: random(40),
  },
  { rule: "url-credentials", text: `https://${random(24)}@example.com/x`, secret: random(24) },
  {
    rule: "signed-url",
    text: `https://a.blob.core.windows.net/c?sv=2024&se=x&sig=${random(20)}%2B${random(20)}%3D`,
    secret: random(20),
  },
  { rule: "signed-url", text: `https://b.s3.amazonaws.com/k?X-Amz-Signature=${random(64)}`, secret: random(64) },
  { rule: "authorization-header", text: `curl -H 'Proxy: Bearer ${random(32)}'`, secret: random(32) },
  {
    rule: "authorization-header",
    text: `header Basic ${Buffer.from("user:hunter2").toString("base64")} sent`,
    secret: Buffer.from("user:hunter2").toString("base64"),
  },
  {
    rule: "registry-auth",
    text: `x {"auths":{"r.example.com":{"auth":"${Buffer.from("u:hunter2").toString("base64")}"}}}`,
    secret: Buffer.from("u:hunter2").toString("base64"),
  },
  named((s) => `password=${s}`),
  named((s) => `DB_PASSWORD: ${s}`),
  named((s) => `--api-token ${s} --x`),
  named((s) => `x {"clientSecret": "${s}"`),
  named((s) => `x {\\"clientSecret\\": \\"${s}\\"`),
  named((s) => `connect to db;Password=${s};Encrypt=true`),
  named((s) => `AccountKey=${s}==;EndpointSuffix=core.windows.net`),
  named((s) => `Authorization: Token ${s}`),
  named((s) => `Cookie: session=${s}; x=y`),
  named((s) => `a:\n  password: |\n    ${s}\n    second line\n  b: c`),
  named((s) => `- name: DB_PASSWORD\n  value: ${s}\n`),
  named((s) => `{ name: "API_TOKEN", value: '${s}' }`),
  named((s) => `api_key%3D${s}%26x`),
  named((s) => `passwd = '${s}'`),
  {
    rule: "named-secret",
    text: Buffer.from("x: 1\npassword: hunter2hunter2\n").toString("base64"),
    secret: Buffer.from("x: 1\npassword: hunter2hunter2\n").toString("base64"),
  },
  {
    rule: "quoted-value",
    text: 'Foo is invalid: spec.pin: Invalid value: "hunter2": must be a number',
    secret: "hunter2",
  },
  {
    rule: "quoted-value",
    text: 'spec.x: Invalid value: map[string]interface {}{"a":"hunter2"}: bad',
    secret: "hunter2",
  },
  { rule: "object-dump", text: 'spec: Forbidden: no\n  core.PodSpec{\n Env: {Value: "hunter2"}', secret: "hunter2" },
  { rule: "secret-manifest", text: "kind: Secret\nstringData:\n  a: hunter2\n", secret: "hunter2" },
  { rule: "ciphertext", text: "x: ENC[AES256_GCM,data:hunter2,iv:x]", secret: "hunter2" },
];
