import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { buildApp } from "../../infra/build-app.ts";
import type { Config } from "../../infra/config/schema.ts";
import { FunctionAssets } from "../../infra/function-assets.ts";

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is any JSON; the tests look into known places of it.
  readonly Properties: any;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
  readonly resources: Readonly<Record<string, Resource>>;
}

export interface Synthesised {
  readonly folder: string;
  /** By `<account>/<stack name>`. */
  readonly stacks: ReadonlyMap<string, Stack>;
}

/** Bundles that do nothing: what is tested is the template, and `npm run build` may not have been run. */
export function fakeBundles(): FunctionAssets {
  const folder = mkdtempSync(join(tmpdir(), "clustertrail-bundles-"));
  for (const name of ["eks-ingest", "gke-endpoint", "gke-batch", "aks-kafka", "webhook", "redrive"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "index.mjs"), `export const handler = async () => "${name}";\n`);
  }
  return new FunctionAssets(folder);
}

/** @throws what `synth` throws: cdk-nag's findings among it. */
export function synthesise(config: Config, assets: FunctionAssets): Synthesised {
  const folder = mkdtempSync(join(tmpdir(), "clustertrail-cdk-"));
  const assembly = buildApp(config, assets, { outdir: folder }).synth();
  const stacks = assembly.stacksRecursively.map((artifact) => {
    const template = JSON.parse(readFileSync(artifact.templateFullPath, "utf8"));
    return [
      `${artifact.environment.account}/${artifact.stackName}`,
      {
        name: artifact.stackName,
        template: Template.fromJSON(template),
        resources: template.Resources,
      },
    ] as const;
  });
  return { folder, stacks: new Map(stacks) };
}

/** Logical ids and properties of all resources of one type. */
export function ofType(stack: Stack, type: string): [id: string, properties: Resource["Properties"]][] {
  return Object.entries(stack.resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => [id, Properties]);
}
