import { InputError } from "./gunzip.ts";

/**
 * gzip makes at most 1,032 bytes of one (RFC 1951's longest match), of real audit logs 10 to 60. Input that inflates over
 * 200-fold for 64 MiB without one usable record is a decompression bomb and is not read on.
 */
const BOMB_RATIO = 200;
const BOMB_MIN_BYTES = 64 * 1024 * 1024;

/** So much of an input is held until its end: to unpack it again when its gzip breaks, and for quarantine. */
const HEAD_BYTES = 8 * 1024 * 1024;

/** Watches the bytes of one input as they come, before decompression. */
export class RawInput {
  #bytes = 0;
  readonly #head: Uint8Array[] = [];
  #inflatedAtUsable = 0;
  #usable = 0;

  /** The same chunks, counted; the first of them are held. */
  async *watch(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      if (this.#bytes < HEAD_BYTES) this.#head.push(chunk);
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
    }
    if (inflated - this.#inflatedAtUsable < BOMB_MIN_BYTES || inflated < this.#bytes * BOMB_RATIO) return;
    throw new InputError(
      "gzip-bomb",
      `inflates more than ${BOMB_RATIO}-fold without a usable record: not read further`,
    );
  }

  /** The whole input so far, if it is small enough to be held. */
  whole(): Uint8Array | undefined {
    return this.#bytes <= HEAD_BYTES ? Buffer.concat(this.#head) : undefined;
  }

  /** The beginning of the input when nothing of it could be used; else nothing: its records are accounted for. */
  unusedHead(): Uint8Array {
    return this.#usable > 0 ? new Uint8Array(0) : Buffer.concat(this.#head).subarray(0, HEAD_BYTES);
  }
}
