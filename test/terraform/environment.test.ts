import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { VARIABLES } from "../../functions/environment.ts";
import { readConfiguration } from "./modules.ts";

const FUNCTIONS = resolve(import.meta.dirname, "../../functions");

/** Which module sets the environment of which entry file, and where. */
const HOSTS = [
  { module: "eks-source", file: "function.tf", entry: undefined },
  { module: "gke-source", file: "function.tf", entry: "gke/cloud-run.ts" },
  { module: "aks-source", file: "function.tf", entry: "aks/azure.ts" },
] as const;

/** Names that the entry file hands to its runtime rather than read itself. */
function namesInText(entry: string): string[] {
  const text = readFileSync(join(FUNCTIONS, entry), "utf8");
  return [...text.matchAll(/CLUSTERTRAIL_\w+/g)].map(([name]) => name);
}

describe.each(HOSTS)("environment that $module sets", ({ module, file, entry }) => {
  const known = new Set<string>(Object.values(VARIABLES).map(({ name }) => name));

  const set = async () => {
    const text = (await readConfiguration(`modules/${module}`)).texts.get(file)!;
    return new Set(
      [...text.matchAll(/^\s*((?:CLUSTERTRAIL|AZURE_CLIENT)_\w+?)(?:__\w+)?\s*=/gm)].map(([, name]) => name!),
    );
  };

  it("has only names that functions read", async () => {
    const names = await set();
    expect(names.size).toBeGreaterThanOrEqual(4);
    const handedOn = entry === undefined ? [] : namesInText(entry);
    expect([...names].filter((name) => !known.has(name) && !handedOn.includes(name))).toEqual([]);
  });

  it.runIf(entry !== undefined)("has every name that its function requires or hands on", async () => {
    const names = await set();
    const text = readFileSync(join(FUNCTIONS, entry!), "utf8");
    const [, required] = /readEnvironment\(\s*process\.env,\s*\[([^\]]*)\]/.exec(text)!;
    const keys = [...required!.matchAll(/"(\w+)"/g)].map(([, key]) => key as keyof typeof VARIABLES);
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) expect(names.has(VARIABLES[key].name), VARIABLES[key].name).toBe(true);
    for (const name of namesInText(entry!)) expect(names.has(name), name).toBe(true);
  });
});
