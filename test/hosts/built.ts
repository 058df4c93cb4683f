import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll } from "vitest";
import { type Built, buildFunctions } from "../../build-functions.ts";

export interface BuiltFunctions {
  /** Folder of one function, as it is deployed. */
  readonly folder: (name: string) => string;
  readonly list: readonly Built[];
}

/** Builds all functions into a folder that is gone when the test file ends; installed packages are found from there. */
export async function builtFunctions(): Promise<BuiltFunctions> {
  const outdir = mkdtempSync(join(tmpdir(), "clustertrail-functions-"));
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));
  symlinkSync(resolve(import.meta.dirname, "../../node_modules"), join(outdir, "node_modules"));
  return { folder: (name) => join(outdir, "functions", name), list: await buildFunctions(outdir) };
}
