import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { filesBelow, run, runIngest, scratchFolder } from "../cli/capture.ts";
import { auditEvent, ndjson, writeInput } from "../cli/scan/leaky-lake.ts";
import { writeDay } from "../simulator/day.ts";
import { Random } from "../simulator/random.ts";
import { RULE_IDS, secondOpinion } from "./second-opinion.ts";

const CORPUS = join(process.env["CLUSTERTRAIL_SHARED"] ?? resolve(import.meta.dirname, "../../../shared"), "corpus");
const present = existsSync(CORPUS);
if (!present) console.warn(`public samples not found at ${CORPUS}: no second opinion on them`);

const folder = scratchFolder();

function storedText(lake: string): string {
  return filesBelow(lake)
    .filter((path) => path.startsWith("events/"))
    .map((path) => gunzipSync(readFileSync(join(lake, path))).toString())
    .join("");
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
const DIGITS = "0123456789";
const WORD = UPPER + LOWER + DIGITS;
const HEX = "0123456789abcdef";
const random = new Random("second opinion");
const some = (alphabet: string, length: number): string =>
  Array.from({ length }, () => random.pick([...alphabet])).join("");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const url = (scheme: string): string => `${scheme}://svc:${some(WORD, 16)}@db.example.com/shop`;

/**
 * Made-up secrets in the formats that secretlint knows, by its rule. Put together here, so that no scanner takes this
 * file for a leak.
 */
const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  aws: [`AKIA${some(UPPER, 16)}`, `aws_secret_access_key=${some(WORD, 40)}`],
  privatekey: [`-----BEGIN RSA PRIVATE KEY-----\nMII${some(WORD, 300)}\n-----END RSA PRIVATE KEY-----`],
  npm: [`npm_${some(WORD, 36)}`, `//registry.npmjs.org/:_authToken=${some(WORD, 36)}`],
  basicauth: [url("https")],
  slack: [
    `xoxb-${some(DIGITS, 12)}-${some(DIGITS, 12)}-${some(WORD, 24)}`,
    `https://hooks.slack.com/services/T${some(UPPER, 8)}/B${some(UPPER, 8)}/${some(WORD, 24)}`,
  ],
  sendgrid: [`SG.${some(WORD, 22)}.${some(WORD, 43)}`],
  shopify: [`shpat_${some(HEX, 32)}`, `shppa_${some(HEX, 32)}`, `shpca_${some(HEX, 32)}`],
  github: [`ghp_${some(WORD, 36)}`, `gho_${some(WORD, 36)}`, `github_pat_${some(WORD, 82)}`],
  gitlab: [`glpat-${some(WORD, 20)}`],
  grafana: [`glsa_${some(WORD, 32)}_${some(HEX, 8)}`, `glc_${some(WORD, 60)}`],
  openai: [`sk-${some(WORD, 20)}T3BlbkFJ${some(WORD, 20)}`, `sk-proj-${some(WORD, 74)}T3BlbkFJ${some(WORD, 74)}`],
  anthropic: [`sk-ant-api03-${some(WORD, 93)}AA`],
  groq: [`gsk_${some(WORD, 52)}`],
  huggingface: [`hf_${some(UPPER + LOWER, 34)}`],
  linear: [`lin_api_${some(WORD, 40)}`],
  notion: [`ntn_${some(DIGITS, 11)}${some(WORD, 35)}`],
  "1password": [
    `ops_${base64(JSON.stringify({ signInAddress: "my.example.com", secretKey: some(WORD, 100) }).replace(/"}$/, '  "}'))}`,
  ],
  "database-connection-string": [url("postgres"), url("mysql"), url("mongodb+srv")],
  "hashicorp-vault": [`hvs.${some(WORD, 95)}`, `hvb.${some(WORD, 150)}`],
  vercel: [`vcp_${some(WORD, 24)}`],
  databricks: [`dapi${some(HEX, 32)}`],
  docker: [`dckr_pat_${some(WORD, 27)}`],
  figma: [`figd_${some(WORD, 43)}`],
};

/** Where any text may stand. */
const PLACES: readonly ((text: string) => Record<string, unknown>)[] = [
  (text) => ({ userAgent: `curl/8 ${text}` }),
  (text) => ({ annotations: { "policy.example.com/note": text } }),
  (text) => ({ responseStatus: { code: 403, message: `denied: ${text}.` } }),
  (text) => ({ requestObject: { kind: "Widget", apiVersion: "example.com/v1", spec: { note: `see ${text}` } } }),
  (text) => ({
    requestObject: { kind: "Widget", apiVersion: "example.com/v1", spec: { blob: base64(`see ${text}`) } },
  }),
  (text) => ({ requestObject: { kind: "Pod", spec: { containers: [{ args: ["run", text] }] } } }),
  (text) => ({
    requestURI: `/api/v1/namespaces/a/pods/b/exec?command=sh&command=-c&command=${encodeURIComponent(`run ${text}`)}`,
  }),
];

describe("a second opinion: secretlint", () => {
  it("finds every sample in what is sent, and none in what is stored", async () => {
    const events = Object.entries(SAMPLES).flatMap(([rule, samples]) =>
      samples.flatMap((sample) => PLACES.map((place) => ({ rule, event: place(sample) }))),
    );
    const sent = ndjson(events.map(({ event }, n) => auditEvent(n % 40, { ...event, auditID: `sample-${n}` })));
    const found = new Set((await secondOpinion(sent)).map(({ rule }) => rule));
    const known = Object.keys(SAMPLES).map((name) => `@secretlint/secretlint-rule-${name}`);
    expect(
      known.filter((rule) => !found.has(rule)),
      "rules that do not see their samples",
    ).toEqual([]);
    // Service account keys are told by the file's name, and a comment is no secret.
    expect(RULE_IDS.filter((rule) => !known.includes(rule)).map((rule) => rule.replace(/.*-rule-/, ""))).toEqual([
      "gcp",
      "filter-comments",
    ]);

    const lake = join(folder, "samples");
    const { report } = await runIngest(lake, "--cluster", "lab", writeInput(folder, "samples.log", sent));
    expect(report.stored).toBe(events.length);
    expect(await secondOpinion(storedText(lake))).toEqual([]);
  });

  it("finds nothing in a redacted day of four clusters, and something in the day as it was", async () => {
    const directory = join(folder, "day");
    const day = await writeDay(directory, { seed: 11, scale: 0.12 });
    const lake = join(folder, "day-lake");
    const { report } = await runIngest(lake, directory);
    expect(report.stored).toBeGreaterThan(2000);
    expect(await secondOpinion(storedText(lake))).toEqual([]);

    const native = day.clusters.flatMap(({ files }) => files).find(({ path }) => /audit.*\.log/.test(path));
    const bytes = readFileSync(join(directory, native!.path));
    const text = bytes[0] === 0x1f ? gunzipSync(bytes).toString() : bytes.toString();
    expect((await secondOpinion(text)).length).toBeGreaterThan(10);
    expect(await secondOpinion((await run("redact", join(directory, native!.path))).stdout)).toEqual([]);
  });

  it.runIf(present)("finds nothing in the redacted public samples", async () => {
    const lake = join(folder, "corpus");
    const sources = readdirSync(CORPUS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of sources) await runIngest(lake, "--cluster", "lab", join(CORPUS, name));
    const text = storedText(lake);
    expect(text.split("\n").length).toBeGreaterThan(300);
    expect(await secondOpinion(text)).toEqual([]);
  });
});
