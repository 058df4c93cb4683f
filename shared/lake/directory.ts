import { randomUUID } from "node:crypto";
import * as nodeFs from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { directoryError, errorCode } from "./directory-errors.ts";
import type { DirectoryIo } from "./directory-io.ts";
import { listFolder, listSubfolders } from "./directory-list.ts";
import { checkKey } from "./key.ts";
import type { Lake, LakeObject, PutResult } from "./sink.ts";
import { StorageError } from "./sink.ts";

/** Unfinished objects, in the lake's root: one file system with the rest, out of sight of every query's `events/**`. */
const TEMPORARY = ".tmp";

/** What link(2) says on file systems without hard links (FAT, exFAT, some network and FUSE ones). */
const NO_HARD_LINKS: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
  "EINVAL",
  "EXDEV",
]);

/** What fsync(2) of a folder says where a folder cannot be opened or synced (Windows, some FUSE file systems). */
const NO_FOLDER_SYNC: ReadonlySet<string> = new Set([
  "EPERM",
  "EISDIR",
  "EINVAL",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EBADF",
]);

/**
 * A lake in a local folder, which is made when something is first written.
 *
 * An object appears whole or not at all, whatever kills the process: its bytes are written to a temporary file and
 * synced, the file is linked to its name (which fails if the name is taken), and the folder is synced. What a killed
 * process leaves in `.tmp` is in nobody's way.
 */
export class DirectoryLake implements Lake {
  readonly url: string;
  readonly directory: string;
  readonly #io: DirectoryIo;
  /** Folders that exist and are synced, or are about to be. */
  readonly #folders = new Map<string, Promise<void>>();
  /** End of the last rename that this process has started. */
  #renames: Promise<unknown> = Promise.resolve();

  /**
   * @param directory absolute or relative to the working directory.
   * @param url as the user gave it, for messages.
   */
  constructor(directory: string, url: string = directory, io: DirectoryIo = nodeFs) {
    this.directory = resolve(directory);
    this.url = url;
    this.#io = io;
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    checkKey(key, this.url);
    try {
      return await this.#putOnce(key, body);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw this.#error("write", key, error);
    }
    // Somebody removed a folder that was known to exist.
    this.#folders.clear();
    try {
      return await this.#putOnce(key, body);
    } catch (error) {
      throw this.#error("write", key, error);
    }
  }

  async get(key: string): Promise<Uint8Array> {
    checkKey(key, this.url);
    try {
      return await this.#io.readFile(join(this.directory, key));
    } catch (error) {
      throw errorCode(error) === "ENOENT" ? this.#missing(key, error) : this.#error("read", key, error);
    }
  }

  async replace(key: string, body: Uint8Array): Promise<void> {
    checkKey(key, this.url);
    const target = join(this.directory, key);
    try {
      if (!(await this.#exists(target))) throw this.#missing(key);
      // Beside the target: `.tmp` may be on another file system, and a rename replaces only within one.
      const beside = join(dirname(target), `.${randomUUID()}`);
      try {
        await this.#writeSynced(beside, body);
        await this.#io.rename(beside, target);
      } catch (error) {
        await this.#io.unlink(beside).catch(() => undefined);
        throw error;
      }
      await this.#syncFolder(dirname(target));
    } catch (error) {
      throw this.#error("replace", key, error);
    }
  }

  async folders(prefix: string): Promise<string[]> {
    try {
      return await listSubfolders(this.#io, this.directory, prefix);
    } catch (error) {
      throw this.#error("list", prefix, error);
    }
  }

  async *list(prefix: string): AsyncGenerator<LakeObject> {
    try {
      yield* listFolder(this.#io, this.directory, prefix);
    } catch (error) {
      throw this.#error("list", prefix, error);
    }
  }

  async #putOnce(key: string, body: Uint8Array): Promise<PutResult> {
    const target = join(this.directory, key);
    const folder = dirname(target);
    await this.#makeFolder(folder);
    // Reading the same input again is common: spares the temporary file. The link below is what decides.
    if (await this.#exists(target)) {
      await this.#syncFolder(folder);
      return "exists";
    }
    const temporaries = join(this.directory, TEMPORARY);
    await this.#makeFolder(temporaries);
    const temporary = join(temporaries, randomUUID());
    try {
      await this.#writeSynced(temporary, body);
      const result = await this.#publish(temporary, target, body);
      await this.#syncFolder(folder);
      return result;
    } finally {
      await this.#io.unlink(temporary).catch(() => undefined);
    }
  }

  async #publish(temporary: string, target: string, body: Uint8Array): Promise<PutResult> {
    try {
      await this.#io.link(temporary, target);
      return "created";
    } catch (error) {
      const code = errorCode(error);
      if (code === "EEXIST") return "exists";
      if (!NO_HARD_LINKS.has(code)) throw error;
    }
    return this.#publishWithoutLinks(target, body);
  }

  /**
   * Without hard links nothing both refuses a taken name and appears whole: a copy that refuses (COPYFILE_EXCL) is
   * visible half-written if the process dies, a rename appears whole but replaces. Whole matters more: the name is
   * made of what is inside, so what a rename could replace, in the moment after the check, is the same events. Within
   * this process renames wait for each other, which closes that moment; of two processes both may report "created".
   */
  #publishWithoutLinks(target: string, body: Uint8Array): Promise<PutResult> {
    const turn = this.#renames.then(() => this.#renameUnlessTaken(target, body));
    this.#renames = turn.catch(() => undefined);
    return turn;
  }

  async #renameUnlessTaken(target: string, body: Uint8Array): Promise<PutResult> {
    if (await this.#exists(target)) return "exists";
    // Beside the target: the lake's root may be on another file system (EXDEV).
    const beside = join(dirname(target), `.${randomUUID()}`);
    try {
      await this.#writeSynced(beside, body);
      await this.#io.rename(beside, target);
      return "created";
    } catch (error) {
      await this.#io.unlink(beside).catch(() => undefined);
      throw error;
    }
  }

  async #writeSynced(path: string, body: Uint8Array): Promise<void> {
    const file = await this.#io.open(path, "wx");
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #exists(path: string): Promise<boolean> {
    try {
      if ((await this.#io.lstat(path)).isFile()) return true;
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
    throw Object.assign(new Error("not a regular file"), { code: "EISDIR" });
  }

  #makeFolder(folder: string): Promise<void> {
    let made = this.#folders.get(folder);
    if (made === undefined) {
      made = this.#makeSynced(folder);
      this.#folders.set(folder, made);
      made.catch(() => this.#folders.delete(folder));
    }
    return made;
  }

  /** Makes `folder` and those above it, and syncs the entry of each new one: an object is as durable as its path. */
  async #makeSynced(folder: string): Promise<void> {
    const first = await this.#io.mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let path = folder; path.length >= first.length; path = dirname(path)) await this.#syncFolder(dirname(path));
  }

  async #syncFolder(folder: string): Promise<void> {
    try {
      const handle = await this.#io.open(folder, "r");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (!NO_FOLDER_SYNC.has(errorCode(error))) throw error;
    }
  }

  #missing(key: string, cause?: unknown): StorageError {
    return new StorageError(`lake ${this.url}: there is no object ${key}`, { key, retryable: false, cause });
  }

  #error(action: string, key: string, error: unknown): StorageError {
    return error instanceof StorageError ? error : directoryError(this.url, action, key, error);
  }
}
