import { StorageError } from "./sink.ts";

interface Meaning {
  /** Says what is wrong and what to do. */
  readonly text: string;
  readonly retryable: boolean;
}

const READ_ONLY: Meaning = {
  text: "the folder is read-only for this user: allow writing to it or name another lake",
  retryable: false,
};
const FULL: Meaning = { text: "the disk or quota is full: make room, then run the same again", retryable: true };
const FILE_IN_THE_WAY: Meaning = {
  text: "a file stands where a folder is needed: move it away or name another lake",
  retryable: false,
};
const BUSY: Meaning = { text: "the system is short of resources at the moment: try again", retryable: true };

/** Codes of Node's file system calls (errno(3)). */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  EROFS: READ_ONLY,
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  ENOSPC: FULL,
  EDQUOT: FULL,
  EFBIG: { text: "the file system takes no file of this size: name a lake on another one", retryable: false },
  ENOTDIR: FILE_IN_THE_WAY,
  EEXIST: FILE_IN_THE_WAY,
  EISDIR: { text: "a folder stands where an object belongs: move it away", retryable: false },
  ENAMETOOLONG: { text: "the path is too long for the file system: name a lake closer to the root", retryable: false },
  ELOOP: { text: "a symbolic link leads in a circle: name the real folder", retryable: false },
  ENOENT: {
    text: "a folder vanished while it was in use: let nothing clean up the lake, then try again",
    retryable: true,
  },
  EIO: { text: "the disk reported an input/output error: check the disk", retryable: false },
  EMFILE: BUSY,
  ENFILE: BUSY,
  EAGAIN: BUSY,
  EBUSY: BUSY,
  ENOMEM: BUSY,
};

/** @param action what was tried: "write" or "read". */
export function directoryError(url: string, action: string, key: string, error: unknown): StorageError {
  const code = errorCode(error);
  const meaning = MEANINGS[code];
  const reason = meaning === undefined ? code : `${meaning.text} (${code})`;
  return new StorageError(`lake ${url}: cannot ${action} ${key || "it"}: ${reason}`, {
    key,
    retryable: meaning?.retryable ?? false,
    cause: error,
  });
}

/** Like `ENOSPC`; for other errors their class. Never the message: it would hold whatever somebody put there. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string") return code;
  return error instanceof Error ? error.name : "unknown error";
}
