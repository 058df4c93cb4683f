import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");
const BUILT = existsSync(join(ROOT, "dist", "functions", "eks-ingest", "index.mjs"));

/** Runs the app as the CDK command does. */
function runApp(config: string) {
  const outdir = mkdtempSync(join(tmpdir(), "clustertrail-app-"));
  const env = { ...process.env, CDK_OUTDIR: outdir, CLUSTERTRAIL_CONFIG: config };
  const { status, stderr } = spawnSync(process.execPath, ["infra/app.ts"], { cwd: ROOT, env, encoding: "utf8" });
  return { status, stderr, outdir };
}

describe("the app", () => {
  it("ends with the configuration's faults and nothing else", () => {
    const file = join(mkdtempSync(join(tmpdir(), "clustertrail-config-")), "bad.yaml");
    writeFileSync(file, "lake: { account: 1 }\n");
    const { status, stderr } = runApp(file);
    expect(status).toBe(1);
    expect(stderr).toContain(`${file}:1:9 lake.account must be a 12-digit AWS account`);
    expect(stderr).not.toContain("    at ");
  });

  it.runIf(!BUILT)("says what to run when nothing is built", () => {
    expect(runApp("clustertrail.config.example.yaml").stderr).toContain("run `npm run build` first");
  });

  it.runIf(BUILT)("leaves the stages in the assembly, not an empty app", () => {
    const { status, outdir } = runApp("clustertrail.config.example.yaml");
    expect(status).toBe(0);
    const { artifacts } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8"));
    expect(Object.keys(artifacts)).toContain("assembly-clustertrail-111122223333-eu-west-1");
  });
});
