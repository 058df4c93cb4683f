import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { filesBelow, run, runIngest, scratchFolder } from "../cli/capture.ts";
import { BROKEN } from "./broken-inputs.ts";
import { CANARY, shows } from "./canary.ts";
import { Listener } from "./listener.ts";

/**
 * What cannot be used still holds its secrets: it is kept as it is in quarantine, in `raw` and nowhere else, and nothing
 * that the product says or writes about it repeats any of it.
 */
const folder = scratchFolder();
const SOURCES = ["eks", "gke", "aks", "kubernetes", "auto"] as const;
const INPUTS = Object.entries(BROKEN);

let serial = 0;
function file(content: string | Uint8Array): string {
  const path = join(folder, `input-${serial++}`);
  writeFileSync(path, content);
  return path;
}

/** Everything under a lake that is not `raw` of a quarantined record: names, metadata, stored lines. */
function beyondRaw(lake: string): { text: string; raw: string } {
  let text = "";
  let raw = "";
  for (const path of filesBelow(lake)) {
    const content = gunzipSync(readFileSync(join(lake, path))).toString("utf8");
    text += `${path}\n`;
    if (!path.startsWith("quarantine/")) text += content;
    else {
      text += JSON.stringify(JSON.parse(content), (key, value) => {
        if (key !== "raw") return value;
        raw += `${Buffer.from(value, "base64").toString("latin1")}\n`;
        return "";
      });
    }
  }
  return { text, raw };
}

describe("what is said and written of unusable input", () => {
  it("has something to hide", () => {
    for (const [name, content] of INPUTS) {
      const bytes = Buffer.from(content);
      const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
      // What is in front of the damage.
      const whole = bytes.length < 100 ? bytes : bytes.subarray(0, bytes.length >> 1);
      const text = isGzip ? gunzipSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
      expect(shows(text.toString("latin1")), name).toBe(true);
    }
  });

  it.each(SOURCES)("ingest --source %s: in quarantine's raw and nowhere else", async (source) => {
    const hits: string[] = [];
    let kept = "";
    for (const [name, content] of INPUTS) {
      const path = file(content);
      const lake = join(folder, `lake-${serial++}`);
      const first = await runIngest(lake, "--source", source, "--cluster", "lab", "--verbose", path);
      const table = await run("ingest", "--lake", lake, "--source", source, path);
      const { text, raw } = beyondRaw(lake);
      kept += raw;
      if (shows(first.stdout + first.stderr + table.stdout + table.stderr)) hits.push(`${name}: said`);
      if (shows(text)) hits.push(`${name}: written`);
      // Its own name is all that a message may repeat.
      for (const line of `${first.stderr}${table.stderr}`.split("\n")) {
        if (line.replaceAll(path, "").length > 300) hits.push(`${name}: a message of ${line.length} characters`);
      }
    }
    expect(hits).toEqual([]);
    // The one exception that the documentation states; without it the test above would prove nothing.
    expect(shows(kept)).toBe(true);
  });

  it("redact passes none of it on, and scan names rules and places only", async () => {
    const hits: string[] = [];
    for (const [name, content] of INPUTS) {
      const path = file(content);
      const redacted = await run("redact", "--verbose", path);
      if (shows(redacted.stdout + redacted.stderr)) hits.push(`redact: ${name}`);
      for (const format of ["table", "json", "ndjson", "csv"]) {
        const scanned = await run("scan", "--format", format, path);
        if (shows(scanned.stdout + scanned.stderr)) hits.push(`scan: ${name}`);
      }
    }
    expect(hits).toEqual([]);
  });

  it("query and scan say nothing of what is inside objects that are damaged", async () => {
    const hits: string[] = [];
    for (const [name, content] of INPUTS) {
      const lake = join(folder, `lake-${serial++}`);
      const hour =
        "events/v1/provider=kubernetes/account=unknown/region=unknown/cluster_name=lab/date=2026-11-22/hour=10";
      const path = join(lake, hour, `20261122T100000Z-3-${"0".repeat(24)}.ndjson.gz`);
      mkdirSync(dirname(path), { recursive: true });
      const bytes = Buffer.from(content);
      writeFileSync(path, bytes[0] === 0x1f ? bytes : gzipSync(bytes));
      const count = await run("query", "--lake", lake, "--sql", "SELECT count(*) AS n FROM audit", "--format", "json");
      const fixed = await run("scan", "--lake", lake, "--fix");
      if (shows(count.stdout + count.stderr)) hits.push(`query: ${name}`);
      if (shows(fixed.stdout + fixed.stderr)) hits.push(`scan --fix: ${name}`);
    }
    expect(hits).toEqual([]);
  });
});

describe("what the listener answers and logs", () => {
  const listener = new Listener();
  afterAll(() => listener.stop());

  it("repeats nothing of bodies, queries and headers", async () => {
    const lake = join(folder, "listened");
    const tokenFile = file("the-expected-token");
    await listener.start(lake, "--token-file", tokenFile);
    const hits: string[] = [];
    const authorised = { authorization: "Bearer the-expected-token" };
    const statuses = new Set<string>();
    for (const [name, content] of INPUTS) {
      const answers = [
        await listener.post(content, authorised, `/audit?token=${CANARY}`),
        await listener.post(content, { ...authorised, "content-encoding": "gzip" }),
        await listener.post(content, { authorization: `Bearer ${CANARY}` }),
        await listener.post(content, { ...authorised, "content-encoding": CANARY, "x-forwarded-for": CANARY }),
      ];
      for (const answer of answers) statuses.add(answer.slice(0, 3));
      if (answers.some((answer) => shows(answer))) hits.push(`answer: ${name}`);
    }
    expect([...statuses].sort()).toEqual(expect.arrayContaining(["200", "400", "401", "415"]));
    const { stdout, stderr } = await listener.stop();
    expect(stderr).toContain("quarantined or cut");
    if (shows(stdout + stderr)) hits.push("the log");
    const { text, raw } = beyondRaw(lake);
    if (shows(text)) hits.push("the lake");
    expect(hits).toEqual([]);
    expect(shows(raw)).toBe(true);
  });
});
