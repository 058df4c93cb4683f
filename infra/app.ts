import { existsSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { buildApp } from "./build-app.ts";
import { ConfigError, loadConfig } from "./config/load.ts";
import { FunctionAssets, MissingBundleError } from "./function-assets.ts";

const ROOT = join(import.meta.dirname, "..");
const OWN = "clustertrail.config.yaml";
const EXAMPLE = "clustertrail.config.example.yaml";

/** CLUSTERTRAIL_CONFIG, else `cdk synth --context config=FILE`, else the file in the current folder, else the example. */
function configFile(): string {
  // An app that only reads the context: left to itself it would be synthesised, empty, over the real one at the end.
  const chosen = process.env["CLUSTERTRAIL_CONFIG"] || new App({ autoSynth: false }).node.tryGetContext("config");
  if (typeof chosen === "string" && chosen !== "") return chosen;
  if (existsSync(OWN)) return OWN;
  process.stderr.write(`no ${OWN} here: using ${EXAMPLE}, which is good for a look only\n`);
  return join(ROOT, EXAMPLE);
}

try {
  buildApp(loadConfig(configFile()), new FunctionAssets(join(ROOT, "dist", "functions"))).synth();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof MissingBundleError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
