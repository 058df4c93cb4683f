import type { Adapter } from "../shared/adapter.ts";
import type { ClusterProvider } from "../shared/event.ts";
import { aks } from "./aks/decode.ts";
import { eks } from "./eks/decode.ts";
import { gke } from "./gke/decode.ts";
import { kubernetes } from "./kubernetes/decode.ts";
import { recogniseShape } from "./shapes.ts";

/** Every source there is; the names are the values of `--source`. */
export const ADAPTERS: readonly Adapter[] = [eks, gke, aks, kubernetes];

const BY_NAME: Readonly<Record<ClusterProvider, Adapter>> = { eks, gke, aks, kubernetes };

export interface Detected {
  readonly adapter: Adapter;
  /** What it looks like, for people: "CloudWatch Logs subscription payload". */
  readonly envelope: string;
}

/**
 * The adapter of a record under `--source auto`, by discriminating keys; at most one adapter recognises a value.
 * @param value one parsed JSON value, or a line of text that is not JSON
 * @returns undefined when no envelope looks like it (for a line, the adapter of the record before it may know it)
 */
export function detect(value: unknown): Detected | undefined {
  const found = recogniseShape(value);
  return found === undefined ? undefined : { adapter: BY_NAME[found.provider], envelope: found.envelope };
}
