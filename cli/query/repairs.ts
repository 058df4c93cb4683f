import { join } from "node:path";
import { findBroken, salvage } from "./broken-objects.ts";
import type { Unreadable } from "./lake-files.ts";
import { openSession } from "./session.ts";

/** The files of a query, with repaired copies in the place of broken ones. */
export class Repairs {
  readonly #folder: string;
  readonly #paths: Map<string, string>;
  readonly #copied = new Set<string>();
  readonly #unreadable: Unreadable[] = [];

  /** @param paths local path by object key. @param folder where copies go; it outlives the query. */
  constructor(paths: ReadonlyMap<string, string>, folder: string) {
    this.#paths = new Map(paths);
    this.#folder = folder;
  }

  /** What can be read, in key order. */
  get paths(): ReadonlyMap<string, string> {
    return this.#paths;
  }

  /** What is missing from it, in key order. */
  get unreadable(): readonly Unreadable[] {
    return this.#unreadable.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Looks for files that DuckDB cannot read and repairs them. @returns false when there is none. */
  async search(): Promise<boolean> {
    const session = await openSession(this.#folder);
    let broken: Set<string>;
    try {
      broken = new Set(await findBroken(session.connection, [...this.#paths.values()]));
    } finally {
      session.close();
    }
    const found = [...this.#paths].filter(([key, path]) => broken.has(path) && !this.#copied.has(key));
    await this.add(found.map(([key]) => key));
    return found.length > 0;
  }

  /** Puts copies in the place of the objects `keys`, and notes what is lost. */
  async add(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#copied.add(key);
      const copy = join(this.#folder, "repaired", key);
      const { lines, reason } = await salvage(this.#paths.get(key)!, copy);
      if (lines > 0) this.#paths.set(key, copy);
      else this.#paths.delete(key);
      if (reason !== undefined) this.#unreadable.push({ key, reason });
    }
  }
}
