import { describe, expect, it } from "vitest";
import { DETECTORS } from "../../../shared/redact/detectors.ts";
import { marker } from "../../../shared/redact/marker.ts";
import { RULES } from "../../../shared/redact/rules.ts";
import { findSecrets, prefilter } from "../../../shared/redact/text.ts";
import { EXAMPLES } from "./detector-examples.ts";
import { redact } from "./redacted.ts";

const inText = (text: string) => redact({ requestObject: { kind: "Widget", text } }).event.requestObject.text as string;

describe("detectors find", () => {
  it.each(EXAMPLES.map((example) => [example.rule, example.text, example.secret]))("%s in %j", (rule, text, secret) => {
    const out = inText(text);
    expect(out).not.toContain(secret);
    expect(out).toContain(marker(rule));
    expect(inText(out), "once is enough").toBe(out);
  });

  it("leave the rest of the text to the investigator", () => {
    expect(inText("curl -H 'Authorization: Bearer abcdefghijklmnop' https://api.example.com/v1")).toBe(
      "curl -H 'Authorization: Bearer [REDACTED:authorization-header]' https://api.example.com/v1",
    );
    expect(inText("postgres://app:hunter2@db.example.com:5432/shop?sslmode=require")).toBe(
      "postgres://app:[REDACTED:url-credentials]@db.example.com:5432/shop?sslmode=require",
    );
    expect(inText("Server=db;User Id=app;Password=hunter2;Encrypt=true")).toBe(
      "Server=db;User Id=app;Password=[REDACTED:named-secret];Encrypt=true",
    );
    expect(inText("a:\n  password: |\n    one\n    two\n  user: jane")).toBe(
      "a:\n  password: |\n    [REDACTED:named-secret]\n  user: jane",
    );
  });

  it("have examples, each of them", () => {
    const shown = new Set(EXAMPLES.map(({ rule }) => rule));
    for (const { id } of DETECTORS) expect(shown, id).toContain(id);
  });
});

/** What audit events are full of. Each was looked at: there is no secret in it. */
const CLEAN = [
  "system:serviceaccount:kube-system:token-cleaner",
  "system:controller:bootstrap-signer",
  "/api/v1/namespaces/shop/secrets/registry-credentials",
  'secrets "db-password" not found',
  'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "shop"',
  "service-account-token",
  "kubernetes.io/service-account-token",
  "arn:aws:sts::111122223333:assumed-role/ops/jane",
  "AROAEXAMPLEROLEID:jane",
  "JTI=8e4f4dd6-79b6-41ea-a056-0a39f00d8287",
  "registry.example.com/shop/web@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  "containerd://4f5e6d7c8b9a0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796",
  "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828",
  "ip-192-0-2-17.eu-west-1.compute.internal",
  "MutatingAdmissionWebhook,ValidatingAdmissionPolicy",
  "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
  "--token-auth-file=/etc/kubernetes/tokens.csv",
  "--authorization-mode=Node,RBAC",
  "--use-service-account-credentials=true",
  "--controllers=*,bootstrapsigner,tokencleaner",
  "--password=$(DB_PASSWORD)",
  `password: "\${DB_PASSWORD}"`,
  "token: {{ .Values.token }}",
  "secretName: web-tls",
  "existingSecret: web-db",
  "passwordKey: db-pass",
  "tokenExpirationSeconds: 3600",
  "automountServiceAccountToken: false",
  "git@github.com:example/shop.git",
  "ssh://git@github.com/example/shop.git",
  "https://registry.example.com:5000/v2/",
  "PWD=/home/app",
  "basic auth is not supported",
  "the server has asked for the client to provide credentials (bearer token required)",
  "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
  'Pod "web" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive',
  'MountVolume.SetUp failed for volume "token" : failed to fetch token: the server is busy',
  "eyJ",
  "[REDACTED:secret.data]",
  "Ab1".repeat(13),
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
];

describe("detectors leave alone", () => {
  it.each(CLEAN)("%j", (text) => {
    expect(inText(text)).toBe(text);
  });

  it("markers, and the ids of rules", () => {
    for (const { id } of [...RULES, ...DETECTORS]) {
      expect(findSecrets(id, prefilter(id)).list, id).toEqual([]);
      for (const text of [marker(id), `x ${marker(id)}: y`, `"${marker(id)}"="z"`]) {
        expect(inText(text)).toBe(text);
      }
    }
  });
});

describe("the prefilter", () => {
  it("lets every example through", () => {
    for (const { text } of EXAMPLES) expect(prefilter(text), text).not.toBe(0);
  });

  it("finds every trigger in any letter case, alone, at the start and at the end", () => {
    DETECTORS.forEach(({ triggers }, i) => {
      for (const trigger of triggers) {
        for (const text of [trigger, trigger.toUpperCase(), `..${trigger}..`, `e-----p${trigger}`]) {
          if (text.length >= 6) expect((prefilter(text) >> i) & 1, text).toBe(1);
        }
      }
    });
  });

  it("answers the same for a string it has seen", () => {
    const text = "a-clean-string-with-some-length";
    expect([prefilter(text), prefilter(text), prefilter(text), prefilter(text)]).toEqual([0, 0, 0, 0]);
    const other = "password=x1y2z3";
    const mask = prefilter(other);
    expect(mask).not.toBe(0);
    expect([prefilter(other), prefilter(other)]).toEqual([mask, mask]);
  });
});
