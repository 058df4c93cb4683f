import { describe, expect, it } from "vitest";
import { parsePolicyFile } from "../../../shared/redact/policy-file.ts";
import { redact } from "./redacted.ts";

function problems(text: string): string[] {
  const result = parsePolicyFile(text);
  if (result.ok) throw new Error("expected problems");
  return result.problems;
}

function policyOf(text: string) {
  const result = parsePolicyFile(text);
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return result;
}

const FULL = `version: 1
rules:
  configmap.data: keep
  exec.argument: marker
  jwt: marker
configMaps:
  allow: [shop/settings, "*/public"]
env:
  allow:
    - LOG_LEVEL
annotations:
  allow: [tool.example.com/last-applied]
paths:
  - kind: Widget
    path: spec.auth.pin
unknownCustomResources: drop
`;

describe("redaction.yaml", () => {
  it("is read, and says where it is looser", () => {
    const { policy, loosened } = policyOf(FULL);
    expect(policy).toEqual({
      rules: { "configmap.data": "keep", "exec.argument": "marker", jwt: "marker" },
      configMaps: { allow: ["shop/settings", "*/public"] },
      env: { allow: ["LOG_LEVEL"] },
      annotations: { allow: ["tool.example.com/last-applied"] },
      paths: [{ kind: "Widget", path: "spec.auth.pin" }],
      unknownCustomResources: "drop",
    });
    expect(loosened).toEqual([
      "redaction.yaml:3 rules.configmap.data: keep (was fingerprint)",
      "redaction.yaml:7 configMaps.allow: shop/settings",
      "redaction.yaml:7 configMaps.allow: */public",
      "redaction.yaml:10 env.allow: LOG_LEVEL",
      "redaction.yaml:12 annotations.allow: tool.example.com/last-applied",
    ]);
  });

  it("may say nothing but its version", () => {
    expect(policyOf("version: 1\n")).toEqual({ ok: true, policy: {}, loosened: [] });
  });

  it.each([
    ["", ["redaction.yaml:1:1 is empty: must be a map with version: 1"]],
    ["rules: {}\n", ["redaction.yaml:1:1 version: 1 is missing"]],
    ["version: 2\n", ["redaction.yaml:1:10 version must be 1"]],
    [
      "version: 1\nrulez: {}\n",
      [
        'redaction.yaml:2:1 unknown key "rulez"; known are version, rules, configMaps, env, annotations, paths, unknownCustomResources',
      ],
    ],
    [
      "version: 1\nrules:\n  secret.dat: keep\n",
      ['redaction.yaml:3:3 unknown rule "secret.dat"; the rules are in docs/redaction.md'],
    ],
    [
      "version: 1\nrules:\n  secret.data: hide\n",
      ["redaction.yaml:3:16 mode must be one of fingerprint, marker, drop, keep"],
    ],
    [
      "version: 1\nrules:\n  fail-closed.depth: keep\n",
      ['redaction.yaml:3:3 rule "fail-closed.depth" cannot be changed'],
    ],
    ["version: 1\nconfigMaps:\n  allow: [shop]\n", ["redaction.yaml:3:11 must be namespace/name"]],
    ["version: 1\nenv:\n  deny: []\n", ['redaction.yaml:3:3 unknown key "deny"; known are allow']],
    ["version: 1\nenv: [A]\n", ["redaction.yaml:2:6 env must be a map with allow"]],
    [
      "version: 1\npaths:\n  - kind: Widget\n",
      ["redaction.yaml:3:5 path must be dotted, for example spec.auth.pin (lists are left out)"],
    ],
    [
      "version: 1\nunknownCustomResources: maybe\n",
      ["redaction.yaml:2:25 unknownCustomResources must be scan or drop"],
    ],
    ["- a\n", ["redaction.yaml:1:1 must be a map with version: 1"]],
    ["version: 1\nversion: 1\n", ["redaction.yaml:2:1 not valid YAML (DUPLICATE_KEY)"]],
    ["version: 1\nenv: {\n", ["redaction.yaml:3:1 not valid YAML (BAD_INDENT)"]],
  ])("%j has problems with line and column", (text, expected) => {
    expect(problems(text).slice(0, 1)).toEqual(expected);
  });

  it("quotes only what reads like a name", () => {
    expect(problems('version: 1\n"hunter2 is my password": 1\n')[0]).toContain("unknown key (not a name)");
  });

  it("names the file as it is called", () => {
    const result = parsePolicyFile("version: 3", "prod.yaml");
    expect(result.ok ? [] : result.problems).toEqual(["prod.yaml:1:10 version must be 1"]);
  });
});

describe("a policy", () => {
  const { policy } = policyOf(FULL);
  const configMap = (namespace: string, name: string) => ({
    objectRef: { resource: "configmaps", namespace, name },
    requestObject: { kind: "ConfigMap", metadata: { namespace, name }, data: { k: "plain", j: "password=hunter2" } },
  });

  it("keeps ConfigMaps it lists, text rules apply", () => {
    const { policy } = policyOf("version: 1\nconfigMaps:\n  allow: [shop/settings]\n");
    expect(redact(configMap("shop", "settings"), { policy }).event.requestObject.data).toEqual({
      k: "plain",
      j: "password=[REDACTED:named-secret]",
    });
    expect(redact(configMap("shop", "other"), { policy }).event.requestObject.data.k).toBe("[REDACTED:configmap.data]");
  });

  it("keeps variables it lists", () => {
    const { event } = redact(
      {
        requestObject: {
          spec: {
            env: [
              { name: "LOG_LEVEL", value: "debug" },
              { name: "A", value: "b" },
            ],
          },
        },
      },
      { policy },
    );
    expect(event.requestObject.spec.env).toEqual([
      { name: "LOG_LEVEL", value: "debug" },
      { name: "A", value: "[REDACTED:env.value]" },
    ]);
  });

  it("takes out paths it adds, in patches too", () => {
    const add = policyOf("version: 1\npaths: [{kind: Widget, path: spec.auth.pin}]\n").policy;
    expect(
      redact({ requestObject: { kind: "Widget", spec: { auth: [{ pin: 1234, user: "jane" }] } } }, { policy: add })
        .event.requestObject.spec,
    ).toEqual({
      auth: [{ pin: "[REDACTED:policy.path]", user: "jane" }],
    });
  });

  it("drops custom resources but for their metadata", () => {
    const { event, rules } = redact(
      {
        objectRef: { resource: "widgets", apiGroup: "example.com", name: "w" },
        requestObject: {
          kind: "Widget",
          apiVersion: "example.com/v1",
          metadata: { name: "w" },
          spec: { a: "b" },
          status: { c: "d" },
        },
        responseObject: { kind: "WidgetList", items: [{ metadata: { name: "w" }, spec: { a: "b" } }] },
      },
      { policy },
    );
    expect(event.requestObject).toEqual({ kind: "Widget", apiVersion: "example.com/v1", metadata: { name: "w" } });
    expect(event.responseObject).toEqual({ kind: "WidgetList", items: [{ metadata: { name: "w" } }] });
    expect(rules).toEqual(["custom-resource"]);
    const patch = redact(
      {
        objectRef: { resource: "widgets", apiGroup: "example.com" },
        requestObject: [{ op: "add", path: "/spec", value: 1 }],
      },
      { policy },
    );
    expect(patch.event.requestObject).toBe("[REDACTED:custom-resource]");
    const own = redact(
      {
        objectRef: { resource: "deployments", apiGroup: "apps" },
        requestObject: { kind: "Deployment", spec: { replicas: 3 } },
      },
      { policy },
    );
    expect(own.hits).toEqual([]);
  });

  it("can drop values with their keys, or leave only a marker", () => {
    const secret = { objectRef: { resource: "secrets" }, requestObject: { kind: "Secret", data: { k: "eA==" } } };
    expect(redact(secret, { policy: { rules: { "secret.data": "drop" } } }).event.requestObject).toEqual({
      kind: "Secret",
    });
    expect(redact(secret, { policy: { rules: { "secret.data": "marker" } } }).hits).toEqual([
      { path: "/requestObject/data/k", rule: "secret.data" },
    ]);
  });
});
