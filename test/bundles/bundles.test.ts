import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, buildFunctions } from "../../build-functions.ts";

const LAMBDAS = ["eks-ingest", "gke-endpoint", "gke-batch", "aks-kafka", "webhook", "redrive"];
const MEBIBYTE = 1024 * 1024;

describe("function bundles", () => {
  const outdir = mkdtempSync(join(tmpdir(), "clustertrail-bundles-"));
  let built: Built[];
  beforeAll(async () => {
    symlinkSync(resolve(import.meta.dirname, "../../node_modules"), join(outdir, "node_modules"));
    built = await buildFunctions(outdir);
  }, 60_000);
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  const inputs = (name: string) => Object.keys(built.find((bundle) => bundle.name === name)!.metafile.inputs);

  it("there is one for every host", () => {
    expect(built.map(({ name }) => name)).toEqual([...LAMBDAS, "google", "azure"]);
  });

  it("each is under 1 MiB minified, the endpoint under half of that", () => {
    expect(built.filter(({ bytes }) => bytes > MEBIBYTE).map(({ name, bytes }) => ({ name, bytes }))).toEqual([]);
    expect(built.find(({ name }) => name === "gke-endpoint")!.bytes).toBeLessThan(MEBIBYTE / 2);
  });

  it("no bundle holds another cloud's code", () => {
    const foreign: Record<string, RegExp> = {
      ...Object.fromEntries(LAMBDAS.map((name) => [name, /@azure\/|@google-cloud\/|functions\/credentials\//])),
      google: /@azure\/|client-sqs|client-secrets-manager|functions\/credentials\/azure/,
      azure: /@google-cloud\/|client-sqs|client-secrets-manager|functions\/credentials\/google|node_modules\/jose\//,
    };
    const found = Object.entries(foreign).flatMap(([name, pattern]) =>
      inputs(name)
        .filter((path) => pattern.test(path))
        .map((path) => `${name}: ${path}`),
    );
    expect(found).toEqual([]);
    // The patterns can match: each host does hold its own.
    expect(inputs("azure").some((path) => path.includes("@azure/functions/"))).toBe(true);
    expect(inputs("google").some((path) => path.includes("functions/credentials/google"))).toBe(true);
    expect(inputs("gke-endpoint").some((path) => path.includes("client-sqs"))).toBe(true);
  });

  it("each Lambda bundle exports its handler and nothing of the machine that built it", () => {
    for (const name of LAMBDAS) {
      const code = readFileSync(join(outdir, "functions", name, "index.mjs"), "utf8");
      expect(code).toMatch(/export\{[\w$]+ as handler\};?\s*$/);
      expect(code.includes(resolve(import.meta.dirname, "../.."))).toBe(false);
    }
  });

  it("packages are the same bytes when they are built again, and named by them", async () => {
    const again = mkdtempSync(join(tmpdir(), "clustertrail-bundles-"));
    try {
      const names = ["gke-endpoint", "azure"];
      const second = await buildFunctions(again, names);
      const first = built.filter(({ name }) => names.includes(name));
      expect(second.map(({ sha256 }) => sha256)).toEqual(first.map(({ sha256 }) => sha256));
    } finally {
      rmSync(again, { recursive: true, force: true });
    }
    for (const { archive, sha256, name } of built)
      expect(archive.endsWith(`/${name}-${sha256.slice(0, 12)}.zip`)).toBe(true);
    const list = JSON.parse(readFileSync(join(outdir, "packages", "packages.json"), "utf8")) as object;
    expect(Object.keys(list)).toEqual(built.map(({ name }) => name));
  });
});
