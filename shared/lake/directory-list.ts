import { join } from "node:path";
import { errorCode } from "./directory-errors.ts";
import type { DirectoryIo } from "./directory-io.ts";
import type { LakeObject } from "./sink.ts";

/**
 * Files below `root` whose path relative to it, with `/`, starts with `prefix`: in key order, one folder in memory at
 * a time. Names that start with a dot are no objects (temporary files, what desktops leave behind), nor are symbolic
 * links. A root that does not exist is empty. @throws errors of the file system.
 */
export async function* listFolder(io: DirectoryIo, root: string, prefix: string): AsyncGenerator<LakeObject> {
  const end = prefix.lastIndexOf("/") + 1;
  if (prefix.split("/").some((part) => part === ".." || part === ".")) return;
  yield* walk(io, root, prefix.slice(0, end), prefix);
}

/**
 * Names of the folders directly under `prefix` (empty, or with `/` at its end), sorted. @throws like {@link listFolder}.
 */
export async function listSubfolders(io: DirectoryIo, root: string, prefix: string): Promise<string[]> {
  if (prefix.split("/").some((part) => part === ".." || part === ".")) return [];
  const keys = await childKeys(io, root, prefix);
  return keys
    .filter((key) => key.endsWith("/"))
    .map((key) => key.slice(prefix.length, -1))
    .sort();
}

/** @param folder key of the folder: empty, or with `/` at its end. */
async function* walk(io: DirectoryIo, root: string, folder: string, prefix: string): AsyncGenerator<LakeObject> {
  for (const key of await childKeys(io, root, folder)) {
    if (!key.startsWith(prefix)) continue;
    if (key.endsWith("/")) {
      yield* walk(io, root, key, prefix);
      continue;
    }
    const size = await sizeOf(io, join(root, key));
    if (size !== undefined) yield { key, size };
  }
}

/** Sorted as S3 sorts them: a folder by its name with `/`, which comes after `.` and `-` but before letters. */
async function childKeys(io: DirectoryIo, root: string, folder: string): Promise<string[]> {
  try {
    const keys: string[] = [];
    for (const entry of await io.readdir(join(root, folder), { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) keys.push(`${folder}${entry.name}/`);
      else if (entry.isFile()) keys.push(folder + entry.name);
    }
    return keys.sort();
  } catch (error) {
    // No lake yet, no such partition, or a folder that was removed since its parent was read.
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

async function sizeOf(io: DirectoryIo, path: string): Promise<number | undefined> {
  try {
    return (await io.lstat(path)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
