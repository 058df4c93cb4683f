import { InputError } from "./gunzip.ts";

/**
 * gzip makes at most 1,032 bytes of one (RFC 1951's longest match), of real audit logs 10 to 60. Input that inflates over
 * 200-fold for 64 MiB without one usable record is a decompression bomb and is not read on.
 */
const BOMB_RATIO = 200;
const BOMB_MIN_BYTES = 64 * 1024 * 1024;

/** Of input that breaks before its first record, so much is kept for quarantine. */
const HEAD_BYTES = 8 * 1024 * 1024;

/** Watches the bytes of one input as they come, before decompression. */
export class RawInput {
  #bytes = 0;
  #head: Uint8Array[] | undefined = [];
  #inflatedAtUsable = 0;
  #usable = 0;

  /** The same chunks, counted; their beginning is held until {@link refuseBomb} learns of a usable record. */
  async *watch(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      if (this.#head !== undefined && this.#bytes < HEAD_BYTES) this.#head.push(chunk);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  /**
   * @param inflated bytes after decompression so far.
   * @param usable records so far that became an event or a counted skip.
   * @throws InputError with reason gzip-bomb.
   */
  refuseBomb(inflated: number, usable: number): void {
    if (usable !== this.#usable) {
      this.#usable = usable;
      this.#inflatedAtUsable = inflated;
      this.#head = undefined;
    }
    if (inflated - this.#inflatedAtUsable < BOMB_MIN_BYTES || inflated < this.#bytes * BOMB_RATIO) return;
    throw new InputError("gzip-bomb", `inflates more than ${BOMB_RATIO}-fold without a usable record: not read further`);
  }

  /** The beginning of the input when nothing of it could be used; else nothing: its records are accounted for. */
  head(): Uint8Array {
    return this.#head === undefined ? new Uint8Array(0) : Buffer.concat(this.#head).subarray(0, HEAD_BYTES);
  }
}
