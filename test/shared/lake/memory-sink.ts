import { gunzipSync } from "node:zlib";
import type { PutResult, Sink } from "../../../shared/lake/sink.ts";
import { StorageError } from "../../../shared/lake/sink.ts";

/** A sink that keeps objects in memory, as slow and as unreliable as told. */
export class MemorySink implements Sink {
  readonly objects = new Map<string, Uint8Array>();
  maxInFlight = 0;
  puts = 0;
  #inFlight = 0;
  readonly #delayMs: (put: number) => number;
  readonly #fails: (put: number) => boolean;

  constructor({
    delayMs = () => 0,
    fails = () => false,
  }: { delayMs?: (put: number) => number; fails?: (put: number) => boolean } = {}) {
    this.#delayMs = delayMs;
    this.#fails = fails;
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    const put = this.puts++;
    this.#inFlight++;
    this.maxInFlight = Math.max(this.maxInFlight, this.#inFlight);
    await new Promise((resolve) => setTimeout(resolve, this.#delayMs(put)));
    this.#inFlight--;
    if (this.#fails(put)) throw new StorageError(`put ${put} failed`, { key, retryable: true });
    if (this.objects.has(key)) return "exists";
    this.objects.set(key, body);
    return "created";
  }

  /** Key and text of each object, in key order. */
  texts(): [string, string][] {
    return [...this.objects]
      .map(([key, body]): [string, string] => [key, gunzipSync(body).toString()])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
