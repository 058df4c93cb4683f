import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Delivery } from "../../shared/delivery.ts";
import { InputError } from "../../shared/input/gunzip.ts";

/** Reading sizes: enough that a gigabyte takes thousands of reads, small beside the open output objects. */
const READ_BYTES = 1024 * 1024;

/** Of a pipe, whose end is not known, this much at the most is held back to make its id. */
const STDIN_ID_BYTES = 8 * 1024 * 1024;

export interface Input {
  readonly name: string;
  /** Bytes on disk; undefined for a pipe. */
  readonly size: number | undefined;
  readonly open: () => Promise<Delivery>;
}

/** Turns the command's arguments into inputs: files, `-`, and every file below a folder, in name order. */
export async function listInputs(paths: readonly string[], stdin: AsyncIterable<Uint8Array>): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const path of paths) {
    if (path === "-") inputs.push({ name: "stdin", size: undefined, open: () => pipeDelivery("stdin", stdin) });
    else inputs.push(...(await fileInputs(path)));
  }
  return inputs;
}

async function fileInputs(path: string): Promise<Input[]> {
  // What cannot be looked at is left to the reading, which counts it and says why.
  const info = await stat(path).catch(() => undefined);
  // A pipe (a FIFO, /dev/stdin, `<(command)`) can be read once only, as standard input is.
  if (info !== undefined && !info.isFile() && !info.isDirectory()) {
    return [{ name: path, size: undefined, open: () => pipeDelivery(path, readFile(path)) }];
  }
  if (info === undefined || !info.isDirectory()) {
    return [{ name: path, size: info?.size, open: () => fileDelivery(path) }];
  }
  const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [{ name: path, size: undefined, open: () => fileDelivery(path) }];
  const below: Input[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.name.startsWith(".") && (await isOrdinary(path, entry))) {
      for (const input of await fileInputs(join(path, entry.name))) below.push(input);
    }
  }
  return below;
}

/** Inside a folder: files, folders and links to files. A link to a folder may lead round in a circle; a FIFO would block. */
async function isOrdinary(folder: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile() || entry.isDirectory();
  return (await stat(join(folder, entry.name)).catch(() => undefined))?.isFile() === true;
}

/**
 * A file is read twice: first for its digest, the delivery id of records without an id of their own (design section
 * 2), so that the same bytes under another name are the same delivery.
 */
async function fileDelivery(path: string): Promise<Delivery> {
  const digest = createHash("sha256");
  try {
    for await (const chunk of readFile(path)) digest.update(chunk);
  } catch (error) {
    return { name: path, id: "unreadable", body: { chunks: failing(error) } };
  }
  return { name: path, id: digest.digest("hex").slice(0, 32), body: { chunks: readFile(path) } };
}

/** A file's bytes. @throws InputError when it cannot be read. */
export async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: READ_BYTES });
  } catch (error) {
    throw unreadable(error);
  }
}

async function* failing(error: unknown): AsyncGenerator<Uint8Array> {
  yield* [];
  throw error;
}

/** A pipe's id is the digest of its first bytes: equal to a file's when all of it fits. */
async function pipeDelivery(name: string, stdin: AsyncIterable<Uint8Array>): Promise<Delivery> {
  const held: Uint8Array[] = [];
  const digest = createHash("sha256");
  const iterator = stdin[Symbol.asyncIterator]();
  let bytes = 0;
  let fault: unknown;
  while (bytes < STDIN_ID_BYTES) {
    const next = await iterator.next().catch((error: unknown) => {
      fault = unreadable(error);
      return { done: true as const, value: undefined };
    });
    if (next.done === true) break;
    held.push(next.value);
    digest.update(next.value);
    bytes += next.value.length;
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = held.shift(); chunk !== undefined; chunk = held.shift()) yield chunk;
    if (fault !== undefined) throw fault;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { name, id: digest.digest("hex").slice(0, 32), body: { chunks: chunks() } };
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
};

/** @param error of the file system. */
export function unreadable(error: unknown): InputError {
  const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
  return new InputError("unreadable", `cannot be read: ${REASONS[code] ?? code}`, error);
}
