import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { MAX_BODY_BYTES } from "../../cli/listen/body.ts";
import { run } from "./capture.ts";

const URL = "https://abcdef0123456789.lambda-url.eu-west-1.on.aws/";
const TOKEN_FILE = "/etc/kubernetes/audit/token";
const FUNCTION_URL_BYTES = 6 * 1024 * 1024;

async function flagsFor(url: string): Promise<Map<string, string>> {
  const { stdout } = await run("webhook", "config", "--url", url, "--token-file", TOKEN_FILE, "--part", "flags");
  return new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split("=", 2) as [string, string]),
  );
}

describe("clustertrail webhook config", () => {
  it("prints a kubeconfig that names the URL and the token's file, never a token", async () => {
    const argv = [
      "webhook",
      "config",
      "--url",
      URL,
      "--token-file",
      TOKEN_FILE,
      "--cluster",
      "prod",
      "--part",
      "kubeconfig",
    ];
    const { code, stdout } = await run(...argv, "--ca-file", "/etc/kubernetes/audit/ca.pem");
    expect(code).toBe(0);
    expect(parse(stdout)).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "clustertrail",
          cluster: { server: `${URL}clusters/prod`, "certificate-authority": "/etc/kubernetes/audit/ca.pem" },
        },
      ],
      users: [{ name: "kube-apiserver", user: { tokenFile: TOKEN_FILE } }],
      contexts: [{ name: "default", context: { cluster: "clustertrail", user: "kube-apiserver" } }],
      "current-context": "default",
    });
  });

  it("keeps batches below what the receiver takes, even in base64", async () => {
    const lambda = await flagsFor(URL);
    expect(lambda.get("--audit-webhook-truncate-enabled")).toBe("true");
    const batch = Number(lambda.get("--audit-webhook-truncate-max-batch-size"));
    expect((batch * 4) / 3).toBeLessThan(FUNCTION_URL_BYTES - 100_000);
    expect(Number(lambda.get("--audit-webhook-truncate-max-event-size"))).toBeLessThan(batch);
    // An object of 1.5 MiB, in request and response.
    expect(Number(lambda.get("--audit-webhook-truncate-max-event-size"))).toBeGreaterThan(2 * 1.5 * 1024 * 1024);
    const listen = await flagsFor("https://audit.example.com:8443/");
    const larger = Number(listen.get("--audit-webhook-truncate-max-batch-size"));
    expect(larger).toBeGreaterThan(batch);
    expect(larger).toBeLessThan(MAX_BODY_BYTES);
  });

  it("prints both with where they go", async () => {
    const { stdout } = await run("webhook", "config", "--url", URL, "--token-file", TOKEN_FILE);
    expect(stdout).toContain("/etc/kubernetes/audit/webhook.yaml");
    expect(stdout).toContain("--audit-webhook-mode=batch");
  });

  it("refuses what would not work or would show the token", async () => {
    const wrong = [
      ["--url", "http://audit.example.com/", "--token-file", TOKEN_FILE],
      ["--url", "audit.example.com", "--token-file", TOKEN_FILE],
      ["--url", "https://user:pass@audit.example.com/", "--token-file", TOKEN_FILE],
      ["--url", URL, "--token-file", "token"],
      ["--url", URL, "--token-file", TOKEN_FILE, "--cluster", "../x"],
      ["--url", URL],
    ];
    for (const argv of wrong) expect((await run("webhook", "config", ...argv)).code).toBe(2);
    expect((await run("webhook")).code).toBe(2);
  });
});
