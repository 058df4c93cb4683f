import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export type InputFault = "truncated-gzip" | "bad-gzip" | "gzip-bomb" | "unreadable";

/** The bytes of an input ended or broke before they were whole; what came before was yielded. Never quotes content. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly reason: InputFault;

  /** Bytes of the input that had been read by then, at the least as far as the fault. */
  readonly at: number;

  constructor(reason: InputFault, message: string, cause?: unknown, at = 0) {
    super(message, { cause });
    this.reason = reason;
    this.at = at;
  }
}

/**
 * Passes `chunks` on, decompressed if they begin with gzip's magic number (RFC 1952, 2.3.1); several members in a row
 * are read as one. One chunk of memory.
 * @throws InputError after everything that could be decompressed was yielded; of a damaged place, after everything
 * before its piece ({@link PIECE_BYTES}).
 */
export async function* gunzipIfNeeded(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let head: Uint8Array = new Uint8Array(0);
  let ended = false;
  while (head.length < 2 && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const rest: AsyncIterable<Uint8Array> = {
    async *[Symbol.asyncIterator]() {
      if (head.length > 0) yield head;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    },
  };
  if (head[0] !== 0x1f || head[1] !== 0x8b) yield* rest;
  else yield* gunzip(rest);
}

/** Larger than zlib's 16 KiB, so that a gigabyte takes thousands of turns of the event loop and not tens of thousands. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Compressed bytes handed to zlib at a time. When they are damaged, zlib reports only that: what it had unpacked of the
 * same piece is gone. So pieces are small, about 20 KB of audit JSON.
 */
const PIECE_BYTES = 2 * 1024;
const MAX_AHEAD_PIECES = 16;

/**
 * Unpacks again what {@link gunzipIfNeeded} gave up on, and yields what it had not yielded: near the damage byte by byte,
 * so that nothing readable is lost with its piece. Ends at the damage.
 * @param whole the input from its beginning.
 * @param at the fault's {@link InputError.at}.
 * @param skip bytes of output that were yielded before.
 */
export async function* gunzipUpToFault(whole: Uint8Array, at: number, skip: number): AsyncGenerator<Uint8Array> {
  let passed = 0;
  try {
    for await (const chunk of gunzip([whole], Math.max(0, at - MAX_AHEAD_PIECES * 2 * PIECE_BYTES))) {
      if (passed + chunk.length > skip) yield chunk.subarray(Math.max(0, skip - passed));
      passed += chunk.length;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

/** @param fineFrom from this offset on, single bytes are handed to zlib. */
async function* gunzip(
  compressed: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  fineFrom: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  let fed = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const chunk of compressed) {
      for (let at = 0, size = 0; at < chunk.length; at += size) {
        size = fed >= fineFrom ? 1 : Math.min(PIECE_BYTES, chunk.length - at);
        fed += size;
        yield chunk.subarray(at, at + size);
      }
    }
  }
  const source = Readable.from(pieces(), { objectMode: true, highWaterMark: MAX_AHEAD_PIECES });
  const inflate = createGunzip({ chunkSize: CHUNK_BYTES });
  let sourceError: unknown;
  source.on("error", (error) => {
    sourceError = error;
    inflate.destroy(error);
  });
  source.pipe(inflate);
  try {
    for await (const chunk of inflate) yield chunk as Uint8Array;
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    throw (error as { code?: string }).code === "Z_BUF_ERROR"
      ? new InputError("truncated-gzip", "the gzip data ends before its end mark: the file is cut", error, fed)
      : new InputError("bad-gzip", "the gzip data is damaged, or something else follows it", error, fed);
  } finally {
    source.destroy();
    inflate.destroy();
  }
}
