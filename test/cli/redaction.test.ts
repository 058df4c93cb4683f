import { createHmac } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Redaction } from "../../cli/redaction.ts";
import { redactorFromFlags } from "../../cli/redaction.ts";
import type { AuditEvent } from "../../shared/event.ts";
import { run, scratchFolder } from "./capture.ts";
import { auditEvent, CANARY, ndjson, secretEvent, writeInput } from "./scan/leaky-lake.ts";

const folder = scratchFolder();
let serial = 0;
const file = (text: string): string => writeInput(folder, `file-${serial++}`, text);

async function from(
  environment: NodeJS.ProcessEnv,
  redaction?: string,
): Promise<{ redaction: Redaction; stderr: string }> {
  let stderr = "";
  const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (stderr += text) }, isTTY: false };
  const values = redaction === undefined ? {} : { redaction };
  return { redaction: await redactorFromFlags({ values, positionals: [] }, io, environment), stderr };
}

function redacted({ redactor }: Redaction, event: Record<string, unknown>) {
  const copy = structuredClone(event) as unknown as AuditEvent;
  return { event: copy, redactions: redactor.redact(copy) };
}

const KEY = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const expectedPrint = (keyId: string, domain: string): string =>
  `${keyId}:${createHmac("sha256", KEY).update(`${domain}\0${CANARY}`).digest("hex").slice(0, 32)}`;

describe("the fingerprint key of the environment", () => {
  it("is off when nothing is set", async () => {
    const { redaction } = await from({});
    expect(redacted(redaction, secretEvent(1)).redactions).toEqual([
      { path: "/requestObject/data/password", rule: "secret.data" },
    ]);
  });

  it.each([
    ["hex", KEY.toString("hex")],
    ["HEX", KEY.toString("hex").toUpperCase()],
    ["base64", KEY.toString("base64")],
    ["base64 without padding", KEY.toString("base64").replace(/=+$/, "")],
    ["base64url", KEY.toString("base64url")],
    ["a file's contents", `${KEY.toString("base64")}\n`],
  ])("may be %s", async (_name, text) => {
    const { redaction } = await from({ CLUSTERTRAIL_FINGERPRINT_KEY: text });
    expect(redacted(redaction, secretEvent(1)).redactions?.[0]?.fp).toBe(expectedPrint("1", "clustertrail"));
  });

  it("has a name and a domain", async () => {
    const { redaction } = await from({
      CLUSTERTRAIL_FINGERPRINT_KEY: KEY.toString("hex"),
      CLUSTERTRAIL_FINGERPRINT_KEY_ID: "2026a",
      CLUSTERTRAIL_FINGERPRINT_DOMAIN: "tenant-7",
    });
    expect(redacted(redaction, secretEvent(1)).redactions?.[0]?.fp).toBe(expectedPrint("2026a", "tenant-7"));
  });

  it.each([
    ["too short", { CLUSTERTRAIL_FINGERPRINT_KEY: "00112233445566778899aabbccddee" }, "at least 16 bytes"],
    ["no key at all", { CLUSTERTRAIL_FINGERPRINT_KEY: "hunter2 is my password!" }, "at least 16 bytes"],
    ["base64 of an impossible length", { CLUSTERTRAIL_FINGERPRINT_KEY: "QUJDREVGR0hJSktMTU5PUA==Q" }, "base64 or hex"],
    [
      "without a good name",
      { CLUSTERTRAIL_FINGERPRINT_KEY: KEY.toString("hex"), CLUSTERTRAIL_FINGERPRINT_KEY_ID: "a b" },
      "KEY_ID takes 1 to 32",
    ],
    ["absent but named", { CLUSTERTRAIL_FINGERPRINT_KEY_ID: "2026a" }, "KEY_ID is set but"],
    ["absent but has a domain", { CLUSTERTRAIL_FINGERPRINT_DOMAIN: "x" }, "DOMAIN is set but"],
  ])("is refused when %s, and never quoted", async (_name, environment, words) => {
    const refused = from(environment);
    await expect(refused).rejects.toMatchObject({ name: "UsageError" });
    await expect(refused).rejects.toThrow(words);
    const message = await refused.catch((error: Error) => error.message);
    const key = (environment as NodeJS.ProcessEnv)["CLUSTERTRAIL_FINGERPRINT_KEY"];
    if (key !== undefined) expect(message).not.toContain(key);
  });
});

describe("--redaction", () => {
  const POLICY = "version: 1\nenv:\n  allow:\n    - LOG_LEVEL\nrules:\n  jwt: marker\n";

  it("is applied, and what it loosens is said", async () => {
    const path = file(POLICY);
    const { redaction, stderr } = await from({}, path);
    expect(stderr).toBe(`redaction is looser than the built-in rules:\n  ${path}:4 env.allow: LOG_LEVEL\n`);
    const env = [
      { name: "LOG_LEVEL", value: "debug" },
      { name: "DB", value: CANARY },
    ];
    const pod = auditEvent(1, { requestObject: { kind: "Pod", spec: { containers: [{ name: "c", env }] } } });
    const { event } = redacted(redaction, pod);
    expect(JSON.stringify(event)).toContain('"debug"');
    expect(JSON.stringify(event)).not.toContain(CANARY);
  });

  it("lets through the gate what the policy keeps on purpose, and nothing else", async () => {
    const token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhbGV4In0", "c2lnbmF0dXJlc2lnbmF0dXJl"].join(".");
    const line = JSON.stringify(auditEvent(1, { userAgent: `curl ${token}` }));
    expect((await from({})).redaction.findLeak(line)).toEqual({ rule: "jwt" });
    const kept = await from({}, file("version: 1\nrules:\n  jwt: keep\n"));
    expect(kept.stderr).toContain("rules.jwt: keep (was fingerprint)");
    expect(kept.redaction.findLeak(line)).toBeUndefined();
    expect(kept.redaction.findLeak(`${line}-----BEGIN PRIVATE KEY-----`)).toEqual({ rule: "private-key" });
  });

  const commands: [string, string[]][] = [
    ["ingest", ["--lake", join(folder, "lake")]],
    ["redact", []],
    ["scan", []],
  ];
  it.each(commands)("is a flag of %s, which names its problems by line and column", async (command, more) => {
    const input = file(ndjson([secretEvent(1)]));
    const bad = file("version: 1\nrules:\n  no.such.rule: keep\nenv: 7\n");
    const { code, stdout, stderr } = await run(command, ...more, "--redaction", bad, input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`${bad}:3:3 unknown rule "no.such.rule"`);
    expect(stderr).toContain(`${bad}:4:6 env must be a map with allow`);
    expect(stderr).toContain(`--redaction ${bad} is not a valid policy`);
    const none = await run(command, ...more, "--redaction", join(folder, "none.yaml"), input);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("none.yaml cannot be read (ENOENT)");
    expect((await run(command, "--help")).stdout).toContain("--redaction F");
  });

  it("is a flag of listen too", async () => {
    const bad = file("rules: {}\n");
    const { code, stderr } = await run("listen", "--lake", join(folder, "lake"), "--port", "0", "--redaction", bad);
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}:1:1 version: 1 is missing`);
  });

  it("decides what a scan calls a leak", async () => {
    const policy = file("version: 1\nrules:\n  configmap.data: keep\n");
    const requestObject = { kind: "ConfigMap", metadata: { name: "x" }, data: { motd: CANARY } };
    const input = file(ndjson([auditEvent(1, { requestObject })]));
    expect((await run("scan", input)).code).toBe(1);
    expect((await run("scan", "--redaction", policy, input)).code).toBe(0);
    const { stdout } = await run("redact", "--redaction", policy, input);
    expect(stdout).toContain(CANARY);
  });
});
