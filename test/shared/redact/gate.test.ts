import { describe, expect, it } from "vitest";
import { findLeak, ignoredByGate } from "../../../shared/redact/gate.ts";
import { EXAMPLES } from "./detector-examples.ts";
import { redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";
import { SURFACES } from "./surfaces.ts";

/** What the gate promises to see; the rest is the redactor's. */
const SEEN = ["jwt", "private-key", "aws-access-key-id", "google-api-key", "gitlab-token", "stripe-key"];

const line = (text: string) => `${JSON.stringify({ kind: "Event", requestObject: { text } })}\n`;

describe("the output gate", () => {
  it.each(SEEN)("sees %s", (rule) => {
    const text = EXAMPLES.find((example) => example.rule === rule)!.text;
    expect(findLeak(line("x").repeat(50) + line(text) + line("y"))).toEqual({ rule });
  });

  it("sees keys and tokens as they are encoded", () => {
    const pem = secretFor("pem", 1);
    expect(findLeak(line(pem))).toEqual({ rule: "private-key" });
    expect(findLeak(line(Buffer.from(pem).toString("base64")))).toEqual({ rule: "private-key" });
    expect(findLeak(line(JSON.stringify({ a: secretFor("jwt", 1) })))).toEqual({ rule: "jwt" });
    const github = EXAMPLES.find(({ text }) => text.includes("ghp_"))!.text;
    expect(findLeak(line(github))).toEqual({ rule: "github-token" });
    const slack = EXAMPLES.find(({ text }) => text.includes("xoxb-"))!.text;
    expect(findLeak(line(slack))).toEqual({ rule: "slack-token" });
  });

  it("lets through what is public", () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkq\n-----END CERTIFICATE-----\n";
    for (const text of [
      certificate,
      Buffer.from(certificate).toString("base64"),
      "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
      "the text PRIVATE KEY----- without a beginning",
      "eyJub3QiOiJhIGp3dCJ9.eyJ4IjoxfQ.c2ln",
      "eyJhbGciOiJSUzI1NiJ9",
      "AKIAIOSFODNN7EXAMPLEX",
      "xAKIAIOSFODNN7EXAMPLE",
      "AIza",
      "ghp_short",
      "xoxb-",
      "glpat-",
      "risk_live_streams_of_something_long",
      "[REDACTED:jwt]",
    ]) {
      expect(findLeak(line(text)), text).toBeUndefined();
    }
  });

  it("lets through the access key id of an identity, and of nothing else", () => {
    const user = { username: "jane", extra: { accessKeyId: ["ASIAIOSFODNN7EXAMPLE"] } };
    expect(findLeak(JSON.stringify({ user }))).toBeUndefined();
    expect(findLeak(JSON.stringify({ user: { extra: { other: ["ASIAIOSFODNN7EXAMPLE"] } } }))).toEqual({
      rule: "aws-access-key-id",
    });
  });

  it("finds nothing in what was redacted", () => {
    for (const { plant, kind, name } of SURFACES)
      expect(findLeak(redact(plant(secretFor(kind, 1))).text), name).toBeUndefined();
    for (const { text } of EXAMPLES) expect(findLeak(redact({ requestObject: { text } }).text), text).toBeUndefined();
  });

  it("lets through what a policy keeps", () => {
    const ignored = ignoredByGate({ rules: { jwt: "keep", "secret.data": "keep", "private-key": "marker" } });
    expect([...ignored]).toEqual(["jwt"]);
    expect(findLeak(line(secretFor("jwt", 1)), ignored)).toBeUndefined();
    expect(findLeak(line(secretFor("pem", 1)), ignored)).toEqual({ rule: "private-key" });
  });
});
