/**
 * Bundles the functions: a folder each below dist/functions for the CDK app, a zip each below dist/packages for
 * Terraform, named by what is in it.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, parse, resolve } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { zip } from "./build-zip.ts";

interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** The file that the host loads. */
  readonly file: string;
  readonly format: "esm" | "cjs";
  readonly external: readonly string[];
  /** What else the host wants beside the code. */
  readonly files: Readonly<Record<string, string>>;
}

const lambda = (name: string, entry: string): Bundle => ({
  name,
  entry,
  file: "index.mjs",
  format: "esm",
  external: [],
  files: {},
});

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** `dependencies` of the package that the host installs, with the versions that we test with. */
const FRAMEWORK = "@google-cloud/functions-framework";

export async function bundles(): Promise<Bundle[]> {
  const { devDependencies } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return [
    lambda("eks-ingest", "functions/eks/lambda.ts"),
    lambda("gke-endpoint", "functions/gke/endpoint-lambda.ts"),
    lambda("gke-batch", "functions/gke/batch-lambda.ts"),
    lambda("aks-kafka", "functions/aks/kafka-lambda.ts"),
    lambda("webhook", "functions/kubernetes/lambda.ts"),
    lambda("redrive", "functions/redrive/lambda.ts"),
    {
      name: "google",
      entry: "functions/gke/cloud-run.ts",
      file: "index.js",
      format: "esm",
      // Installed by the buildpack, which also starts it.
      external: [FRAMEWORK],
      files: {
        "package.json": json({
          name: "clustertrail-google",
          private: true,
          type: "module",
          main: "index.js",
          engines: { node: ">=22" },
          dependencies: { [FRAMEWORK]: devDependencies[FRAMEWORK] },
        }),
      },
    },
    {
      name: "azure",
      entry: "functions/aks/azure.ts",
      file: "index.cjs",
      // The worker gives @azure/functions-core to `require` only.
      format: "cjs",
      external: ["@azure/functions-core"],
      files: {
        "package.json": json({ name: "clustertrail-azure", private: true, main: "index.cjs" }),
        "host.json": json(AZURE_HOST),
      },
    },
  ];
}

/**
 * Source: learn.microsoft.com/azure/azure-functions/functions-host-json and functions-bindings-event-hubs. Checkpoints
 * after every batch: after a crash no more than one batch comes again. Batches of up to 256 messages of 1 MB at the
 * most; a minimum with a short wait makes fewer and larger objects.
 */
const AZURE_HOST = {
  version: "2.0",
  extensionBundle: { id: "Microsoft.Azure.Functions.ExtensionBundle", version: "[4.*, 5.0.0)" },
  extensions: {
    eventHubs: {
      maxEventBatchSize: 256,
      minEventBatchSize: 64,
      maxWaitTime: "00:00:10",
      batchCheckpointFrequency: 1,
      prefetchCount: 512,
    },
  },
  logging: { logLevel: { default: "Information", "Host.Results": "Warning", "Host.Aggregator": "Warning" } },
};

export interface Built {
  readonly name: string;
  /** Bytes of the code file. */
  readonly bytes: number;
  readonly metafile: Metafile;
  /** Path of the zip. */
  readonly archive: string;
  readonly sha256: string;
}

const ROOT = import.meta.dirname;

/** Some packages of the AWS SDK are CommonJS, whose `require` a bundle that is an ES module does not have. */
const REQUIRE = `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`;

function optionsFor({ entry, file, format, external }: Bundle): BuildOptions {
  const { name, ext } = parse(file);
  return {
    entryPoints: { [name]: join(ROOT, entry) },
    outExtension: { ".js": ext },
    absWorkingDir: ROOT,
    bundle: true,
    platform: "node",
    target: "node22",
    format,
    external: [...external],
    minify: true,
    legalComments: "none",
    mainFields: ["module", "main"],
    sourcemap: "external",
    outdir: "out",
    write: false,
    metafile: true,
    ...(format === "esm" ? { banner: { js: REQUIRE } } : {}),
  };
}

/**
 * Builds every function below `outdir`: `functions/<name>/`, `packages/<name>-<hash>.zip`, `packages/packages.json`
 * with names and hashes, and source maps in `maps/`, which are not deployed.
 * @param only names of bundles; absent: all.
 */
export async function buildFunctions(outdir: string, only?: readonly string[]): Promise<Built[]> {
  for (const folder of ["functions", "packages", "maps"])
    await rm(join(outdir, folder), { recursive: true, force: true });
  await mkdir(join(outdir, "packages"), { recursive: true });
  await mkdir(join(outdir, "maps"), { recursive: true });
  const built: Built[] = [];
  const wanted = (await bundles()).filter(({ name }) => only?.includes(name) ?? true);
  for (const bundle of wanted) {
    const { outputFiles, metafile } = await build(optionsFor(bundle));
    const code = outputFiles!.find(({ path }) => path.endsWith(bundle.file))!;
    const map = outputFiles!.find(({ path }) => path.endsWith(".map"))!;
    const entries = [
      { path: bundle.file, bytes: code.contents },
      ...Object.entries(bundle.files).map(([path, text]) => ({ path, bytes: Buffer.from(text) })),
    ];
    const folder = join(outdir, "functions", bundle.name);
    await mkdir(folder, { recursive: true });
    for (const { path, bytes } of entries) await writeFile(join(folder, path), bytes);
    await writeFile(join(outdir, "maps", `${bundle.name}.map`), map.contents);
    const archive = zip(entries);
    const sha256 = createHash("sha256").update(archive).digest("hex");
    const file = `${bundle.name}-${sha256.slice(0, 12)}.zip`;
    await writeFile(join(outdir, "packages", file), archive);
    built.push({
      name: bundle.name,
      bytes: code.contents.length,
      metafile: metafile!,
      archive: join(outdir, "packages", file),
      sha256,
    });
  }
  const list = Object.fromEntries(
    built.map(({ name, archive, sha256 }) => [name, { file: archive.split("/").at(-1), sha256 }]),
  );
  await writeFile(join(outdir, "packages", "packages.json"), json(list));
  return built;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const built = await buildFunctions(join(ROOT, "dist"));
  for (const { name, bytes } of built)
    process.stdout.write(`${name.padEnd(14)}${(bytes / 1024).toFixed(0).padStart(6)} KiB\n`);
}
