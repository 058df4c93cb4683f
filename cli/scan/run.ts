import type { LakeObject } from "../../shared/lake/sink.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import type { Io } from "../output/io.ts";
import { Progress } from "../output/progress.ts";
import type { RawSource } from "../redact/inputs.ts";
import type { Examiner } from "./examiner.ts";
import type { Fixer } from "./fixer.ts";
import type { FetchedObject } from "./lake-objects.ts";
import type { LeakRow, UnreadableLog } from "./output.ts";

/** Leaks of files, as they are found. */
export async function* leaksInFiles(
  sources: readonly RawSource[],
  examiner: Examiner,
  progress: Progress,
): AsyncGenerator<LeakRow> {
  for (const { name, chunks } of sources) yield* examiner.examine(name, progress.watchChunks(chunks));
}

/** Leaks of a lake's objects, as they are found; with a fixer, each object's after it was rewritten. */
export async function* leaksInObjects(
  objects: AsyncIterable<FetchedObject>,
  examiner: Examiner,
  fixer: Fixer | undefined,
  unreadable: UnreadableLog,
  progress: Progress,
): AsyncGenerator<LeakRow> {
  for await (const { key, body } of objects) {
    if (body instanceof StorageError) {
      unreadable.add(key, 0, body.message);
      continue;
    }
    const leaks = examiner.examine(key, progress.watchChunks([body]));
    if (fixer === undefined) {
      yield* leaks;
      continue;
    }
    const found = await Array.fromAsync(leaks);
    const fixed = found.length > 0 && (await fixer.fix(key, body));
    for (const leak of found) yield { ...leak, fixed };
  }
}

export function progressOver(inputs: readonly (LakeObject | RawSource)[], io: Io): Progress {
  return new Progress(
    io,
    "scan",
    inputs.reduce((sum, { size }) => sum + size, 0),
  );
}
