import type { Lake, LakeObject } from "../../shared/lake/sink.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { selectObjects } from "../query/partitions.ts";
import type { Scope } from "../query/scope.ts";

/** Objects fetched ahead of the one that is looked at: hides the latency of an object store. */
const AHEAD = 4;

export interface LakeSelection {
  readonly objects: readonly LakeObject[];
  /** Files under `events/v1/` outside the lake's layout that a scope leaves out, because it cannot place them. */
  readonly leftOut: number;
}

/** Everything under `events/v1/`, or what the scope selects of it. @throws StorageError when it cannot be listed. */
export async function listObjects(lake: Lake, scope: Scope): Promise<LakeSelection> {
  if (Object.keys(scope).length === 0) return { objects: await Array.fromAsync(lake.list("events/v1/")), leftOut: 0 };
  const { objects, foreign } = await selectObjects(lake, scope, (prefix) => lake.folders(prefix));
  return { objects, leftOut: foreign };
}

export interface FetchedObject extends LakeObject {
  /** The bytes, or why they cannot be had. */
  readonly body: Uint8Array | StorageError;
}

/** The objects with their bytes, in order. */
export async function* fetchInOrder(lake: Lake, objects: readonly LakeObject[]): AsyncGenerator<FetchedObject> {
  const pending: Promise<FetchedObject>[] = [];
  let next = 0;
  while (next < objects.length || pending.length > 0) {
    while (next < objects.length && pending.length < AHEAD) pending.push(fetchObject(lake, objects[next++]!));
    yield await pending.shift()!;
  }
}

async function fetchObject(lake: Lake, object: LakeObject): Promise<FetchedObject> {
  try {
    return { ...object, body: await lake.get(object.key) };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { ...object, body: error };
  }
}
