import { join } from "node:path";
import type { LakeReader } from "../../shared/lake/sink.ts";
import { cacheFolder, fetchObjects } from "./local-cache.ts";
import { selectObjects } from "./partitions.ts";
import type { Scope } from "./scope.ts";

/** A lake as `query` needs it; `list` is enough, `folders` spares it most of the listing. */
export interface ReadableLake extends Pick<LakeReader, "list" | "get">, Partial<Pick<LakeReader, "folders">> {
  readonly url: string;
  readonly directory?: string;
}

/** What was read for an answer. */
export interface ReadReport {
  objects: number;
  partitions: number;
  /** Bytes as stored. */
  bytes: number;
  /** Of these, objects and bytes fetched from a remote lake now; the rest was in the local cache. */
  downloaded: number;
  bytesDownloaded: number;
  /** Files under `events/v1/` that are not of the lake's layout and were passed over. */
  foreign: number;
}

export interface Unreadable {
  readonly key: string;
  /** What is wrong and how much is missing from the answer. Never quotes a record. */
  readonly reason: string;
}

export interface LakeFiles {
  /** Local path by object key, in key order. */
  readonly paths: ReadonlyMap<string, string>;
  /** Keys of objects too small to hold what their names promise. */
  readonly suspects: ReadonlySet<string>;
  readonly report: ReadReport;
  readonly unreadable: readonly Unreadable[];
}

/**
 * One event takes more bytes than this. A gzip file that was cut off near its start reads as empty in DuckDB, without
 * an error; cut off later, it ends within a line, which is one.
 */
const SMALLEST_OBJECT = 256;

/**
 * Brings the objects of a scope within reach: a local lake's in place, a remote one's as copies in the local cache.
 *
 * @param onProgress told what is going on, for a progress line.
 * @throws StorageError when the lake cannot be listed or the cache not written.
 */
export async function openFiles(
  lake: ReadableLake,
  scope: Scope,
  onProgress: (text: string) => void,
): Promise<LakeFiles> {
  const { directory } = lake;
  const { objects, partitions, foreign } = await selectObjects(lake, scope, lake.folders?.bind(lake));
  const report: ReadReport = {
    objects: objects.length,
    partitions,
    bytes: objects.reduce((sum, { size }) => sum + size, 0),
    downloaded: 0,
    bytesDownloaded: 0,
    foreign,
  };
  const suspects = new Set(objects.filter(({ size }) => size < SMALLEST_OBJECT).map(({ key }) => key));
  if (directory !== undefined) {
    return { paths: new Map(objects.map(({ key }) => [key, join(directory, key)])), suspects, report, unreadable: [] };
  }
  const fetched = await fetchObjects(lake, objects, cacheFolder(lake.url), (done, bytes) =>
    onProgress(`fetching: ${done} of ${objects.length} objects, ${(bytes / 1e6).toFixed(1)} MB downloaded`),
  );
  report.downloaded = fetched.downloaded;
  report.bytesDownloaded = fetched.bytesDownloaded;
  return { paths: fetched.paths, suspects, report, unreadable: fetched.failed };
}
