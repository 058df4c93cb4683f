import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";

export type InputFault = "truncated-gzip" | "bad-gzip" | "gzip-bomb" | "unreadable";

/** The bytes of an input ended or broke before they were whole; what came before was yielded. Never quotes content. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly reason: InputFault;

  constructor(reason: InputFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/**
 * Passes `chunks` on, decompressed if they begin with gzip's magic number (RFC 1952, 2.3.1); several members in a row
 * are read as one. One chunk of memory.
 * @throws InputError after everything that could be decompressed was yielded.
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

async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(compressed, { objectMode: true, highWaterMark: 2 });
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
      ? new InputError("truncated-gzip", "the gzip data ends before its end mark: the file is cut", error)
      : new InputError("bad-gzip", "the gzip data is damaged", error);
  } finally {
    source.destroy();
    inflate.destroy();
  }
}
