/**
 * A lake as the pipeline sees it: create-only writes. Two implementations (directory.ts, s3.ts) pass one contract test
 * (test/shared/lake/contract.ts).
 */
export interface Sink {
  /**
   * Creates the object `key` (a relative path with `/`, made of the characters that partition.ts lets through) with
   * `body`. Durable when the promise resolves. Never overwrites: "exists" means the key was taken and nothing changed.
   * @throws StorageError when the object could not be stored; the caller must then fail the delivery.
   */
  put(key: string, body: Uint8Array): Promise<PutResult>;
}

export type PutResult = "created" | "exists";

export interface LakeObject {
  key: string;
  /** Bytes as stored (compressed). */
  size: number;
}

/** The reading side: `query`, `scan`, `backfill`. */
export interface LakeReader {
  /** Objects whose key starts with `prefix`, in key order. A lake that does not exist yet is empty. */
  list(prefix: string): AsyncIterable<LakeObject>;
  /** @throws StorageError when the object is missing or unreadable. */
  get(key: string): Promise<Uint8Array>;
  /**
   * Names of the folders directly under `prefix`, sorted, without slashes: what stands between `prefix` (which is empty
   * or ends in `/`) and the next `/` of a key. A lake or folder that does not exist has none.
   */
  folders(prefix: string): Promise<string[]>;
}

export interface Lake extends Sink, LakeReader {
  /**
   * Replaces the object `key`, which must be there, by `body`: whoever reads sees the old object or the new one, whole,
   * whatever kills this process. Only for taking out what should never have been stored; the pipeline does not use it.
   * @throws StorageError when the object is missing, cannot be written, or (where the store can tell) has been changed
   * by somebody else since this lake read it with {@link get}.
   */
  replace(key: string, body: Uint8Array): Promise<void>;
  /** The lake's URL, for messages. */
  readonly url: string;
  /** Absolute folder when the lake is a local directory: lets DuckDB read in place. */
  readonly directory?: string;
}

/** Storage failed. `message` names the lake, the key, the reason and what to do; it never holds content. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly key: string | undefined;
  /** True when the same call may succeed later (throttling, 5xx, timeouts). */
  readonly retryable: boolean;

  constructor(message: string, options: { key?: string; retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.key = options.key;
    this.retryable = options.retryable;
  }
}
