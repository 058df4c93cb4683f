import { StorageError } from "./sink.ts";

/** Characters that partition.ts and object-name.ts produce. */
const KEY = /^[A-Za-z0-9._=%~-]+(?:\/[A-Za-z0-9._=%~-]+)*$/;
const DOTS = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * Refuses a key that could lead out of the lake, whatever made it.
 * @throws StorageError, not retryable; the key itself is not quoted, it may hold content.
 */
export function checkKey(key: string, url: string): void {
  if (KEY.test(key) && !DOTS.test(key)) return;
  throw new StorageError(
    `lake ${url}: refused an object name with parts that are not safe in a path (a bug, please report it)`,
    {
      retryable: false,
    },
  );
}
