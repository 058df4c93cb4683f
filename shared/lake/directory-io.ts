import type * as nodeFs from "node:fs/promises";

/** The file system calls that a directory lake makes: tests put a full or broken disk in their place. */
export type DirectoryIo = Pick<
  typeof nodeFs,
  "link" | "lstat" | "mkdir" | "open" | "readFile" | "readdir" | "rename" | "unlink"
>;
