import { rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../shared/input/gunzip.ts";
import type { Lake } from "../../shared/lake/sink.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { cacheFolder } from "../query/local-cache.ts";
import type { Redaction } from "../redaction.ts";
import type { Examiner } from "./examiner.ts";
import { NotRewritable, rewrite } from "./rewrite.ts";

export interface RewrittenObject {
  readonly object: string;
  readonly events: number;
  readonly redactions: number;
}

export interface FailedObject {
  readonly object: string;
  readonly reason: string;
}

/** Replaces objects of a lake by their redacted selves, one at a time, each whole or not at all. */
export class Fixer {
  readonly rewritten: RewrittenObject[] = [];
  readonly failed: FailedObject[] = [];
  readonly #lake: Lake;
  readonly #redaction: Redaction;
  readonly #examiner: Examiner;

  constructor(lake: Lake, redaction: Redaction, examiner: Examiner) {
    this.#lake = lake;
    this.#redaction = redaction;
    this.#examiner = examiner;
  }

  /**
   * @param bytes the object as it was just read.
   * @returns true when the lake has the redacted object now.
   */
  async fix(key: string, bytes: Uint8Array): Promise<boolean> {
    try {
      const { body, events, redactions } = await rewrite(bytes, this.#redaction, this.#examiner);
      await this.#lake.replace(key, body);
      await this.#dropCopy(key);
      this.rewritten.push({ object: key, events, redactions });
      return true;
    } catch (error) {
      const known = error instanceof NotRewritable || error instanceof InputError || error instanceof StorageError;
      if (!known) throw error;
      this.failed.push({ object: key, reason: error.message });
      return false;
    }
  }

  /** `query` keeps copies of a remote lake's objects and takes one of the right name and size for good. */
  async #dropCopy(key: string): Promise<void> {
    if (this.#lake.directory !== undefined) return;
    await rm(join(cacheFolder(this.#lake.url), key), { force: true });
  }
}
