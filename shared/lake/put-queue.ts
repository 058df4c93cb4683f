import type { PutResult, Sink } from "./sink.ts";

/**
 * Puts at the same time. S3 answers a put of 1 MB after 50 to 100 ms, a disk that syncs after 1 to 10; with 8 in
 * flight a run that ends with hundreds of small partitions open waits an eighth of that. Their compressed bodies are
 * all the memory it takes.
 */
export const MAX_CONCURRENT_PUTS = 8;

/** Puts objects while the caller goes on, a bounded number at a time; the first failure ends it. */
export class PutQueue {
  readonly #sink: Sink;
  readonly #limit: number;
  readonly #inFlight = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(sink: Sink, limit: number = MAX_CONCURRENT_PUTS) {
    this.#sink = sink;
    this.#limit = limit;
  }

  /**
   * Starts to put `body`. `onResult` is called when the sink has acknowledged it, and only then.
   *
   * @returns undefined when more may be put at once, else a promise to wait for first.
   * Rejects with the error of the first put that failed (a StorageError), after all others came to an end.
   */
  put(key: string, body: Uint8Array, onResult: (result: PutResult) => void): Promise<void> | undefined {
    if (this.#failure !== undefined) return this.drain();
    const work = this.#put(key, body, onResult).finally(() => this.#inFlight.delete(work));
    this.#inFlight.add(work);
    return this.wait();
  }

  /** Undefined when there is room and nothing has failed. Rejects like {@link put}. */
  wait(): Promise<void> | undefined {
    if (this.#failure !== undefined) return this.drain();
    return this.#inFlight.size < this.#limit ? undefined : this.#room();
  }

  /** Resolves when nothing is in flight. Rejects like {@link put}. */
  async drain(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #room(): Promise<void> {
    while (this.#inFlight.size >= this.#limit) await Promise.race(this.#inFlight);
    if (this.#failure !== undefined) await this.drain();
  }

  /** Never rejects: the failure is told to whoever puts, waits or drains next. */
  async #put(key: string, body: Uint8Array, onResult: (result: PutResult) => void): Promise<void> {
    try {
      onResult(await this.#sink.put(key, body));
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}
