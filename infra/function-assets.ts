import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folders that `npm run build` makes below dist/functions/: each holds an index.mjs that exports `handler`. */
export type FunctionName = "eks-ingest" | "gke-endpoint" | "gke-batch" | "aks-kafka" | "webhook" | "redrive";

/** Where the bundles are. Infrastructure knows functions by path only. */
export class FunctionAssets {
  readonly #folder: string;

  /** @param folder absolute path of dist/functions. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns the absolute path of the function's folder. @throws Error that says what to run when it is missing. */
  path(name: FunctionName): string {
    const folder = join(this.#folder, name);
    if (!existsSync(join(folder, "index.mjs"))) {
      throw new Error(`there is no bundle of the function ${name} under ${this.#folder}: run \`npm run build\` first`);
    }
    return folder;
  }
}
