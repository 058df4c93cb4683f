import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { LakeObject, LakeReader } from "../../shared/lake/sink.ts";
import { StorageError } from "../../shared/lake/sink.ts";

/** Downloads under way at a time: enough to hide the latency of an object store, few enough for its throttling. */
const PARALLEL = 8;

export interface Fetched {
  /** Local path of every object that could be had, by key, in the order asked for. */
  readonly paths: ReadonlyMap<string, string>;
  readonly downloaded: number;
  readonly bytesDownloaded: number;
  readonly failed: readonly { readonly key: string; readonly reason: string }[];
}

/** Where the copies of a remote lake's objects are kept: one folder per lake URL, readable by its owner only. */
export function cacheFolder(lakeUrl: string, environment: NodeJS.ProcessEnv = process.env): string {
  // The XDG base directory specification asks to ignore relative values.
  const set = environment["XDG_CACHE_HOME"];
  const base = set?.startsWith("/") ? set : join(homedir(), ".cache");
  const name = createHash("sha256").update(lakeUrl.replace(/\/+$/, "")).digest("hex").slice(0, 24);
  return join(base, "clustertrail", name);
}

/**
 * Makes sure that `objects` are in `folder`, downloading what is missing. Objects are immutable, so a copy of the right
 * name and size is valid for ever. An object that cannot be had is reported, not thrown.
 *
 * @param onProgress called after every object with the number done and the bytes downloaded so far.
 * @throws StorageError when the folder cannot be written.
 */
export async function fetchObjects(
  reader: Pick<LakeReader, "get">,
  objects: readonly LakeObject[],
  folder: string,
  onProgress: (done: number, bytes: number) => void = () => {},
): Promise<Fetched> {
  const had = new Set<string>();
  const failed: { key: string; reason: string }[] = [];
  let downloaded = 0;
  let bytesDownloaded = 0;
  let next = 0;
  /** Makes sure of one object; returns why it cannot be had. */
  async function ensure(object: LakeObject): Promise<string | undefined> {
    const path = join(folder, object.key);
    if (await isCached(path, object.size)) return undefined;
    const body = await getWhole(reader, object);
    if (typeof body === "string") return body;
    await writeCopy(path, body);
    downloaded += 1;
    bytesDownloaded += body.length;
    return undefined;
  }
  async function worker(): Promise<void> {
    while (next < objects.length) {
      const object = objects[next++]!;
      const reason = await ensure(object);
      if (reason === undefined) had.add(object.key);
      else failed.push({ key: object.key, reason });
      onProgress(had.size + failed.length, bytesDownloaded);
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  const paths = new Map(objects.filter(({ key }) => had.has(key)).map(({ key }) => [key, join(folder, key)]));
  failed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { paths, downloaded, bytesDownloaded, failed };
}

/** The object's bytes, or why they cannot be had. */
async function getWhole(reader: Pick<LakeReader, "get">, { key, size }: LakeObject): Promise<Uint8Array | string> {
  try {
    const body = await reader.get(key);
    return body.length === size ? body : `${body.length} bytes came instead of ${size}`;
  } catch (error) {
    if (error instanceof StorageError) return error.message;
    throw error;
  }
}

async function isCached(path: string, size: number): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size === size;
  } catch {
    return false;
  }
}

/** A query that is killed, or another one at the same time, never leaves or sees half a copy. */
async function writeCopy(path: string, body: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(body);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new StorageError(
      `the local copy ${path} cannot be written (${code}): free some space, or choose another folder with XDG_CACHE_HOME`,
      { retryable: false, cause: error },
    );
  }
}
