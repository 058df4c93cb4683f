import { listInputs, readFile, unreadable } from "../ingest/inputs.ts";

/** One input as it comes; read once, and from the first byte on: a pipe may never end. */
export interface RawSource {
  readonly name: string;
  /** Bytes on disk; 0 when not known. */
  readonly size: number;
  /** @throws InputError while reading. */
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Files, `-`, and every file below a folder, in name order. */
export async function listSources(paths: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<RawSource[]> {
  const sources: RawSource[] = [];
  for (const path of paths) {
    if (path === "-") sources.push({ name: "stdin", size: 0, chunks: readPipe(stdin) });
    else {
      for (const { name, size } of await listInputs([path], stdin)) {
        sources.push({ name, size: size ?? 0, chunks: readFile(name) });
      }
    }
  }
  return sources;
}

async function* readPipe(stdin: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stdin;
  } catch (error) {
    throw unreadable(error);
  }
}
