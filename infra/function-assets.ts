import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folders that `npm run build` makes below dist/functions/: each holds an index.mjs that exports `handler`. */
export type FunctionName = "eks-ingest" | "gke-endpoint" | "gke-batch" | "aks-kafka" | "webhook" | "redrive";

/** There is nothing to deploy yet; `message` says what to run. */
export class MissingBundleError extends Error {
  override readonly name = "MissingBundleError";
}

/** Where the bundles are. Infrastructure knows functions by path only. */
export class FunctionAssets {
  readonly #folder: string;

  /** @param folder absolute path of dist/functions. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns the absolute path of the function's folder. @throws MissingBundleError */
  path(name: FunctionName): string {
    const folder = join(this.#folder, name);
    if (!existsSync(join(folder, "index.mjs"))) {
      throw new MissingBundleError(
        `there is no bundle of the function ${name} under ${this.#folder}: run \`npm run build\` first`,
      );
    }
    return folder;
  }
}
