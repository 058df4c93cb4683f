import type { SourceContext } from "../../shared/adapter.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { addCount, type Report } from "../../shared/report.ts";
import { Tally } from "../../shared/tally.ts";
import { deliver, type HostContext } from "../host.ts";
import { detect } from "../sources.ts";
import { type FailedInvocation, readFailedInvocation } from "./record.ts";
import type { FailedStore } from "./store.ts";

export interface RedriveOptions {
  /** What EKS payloads do not say. The Region, when it is not here, is the failed function's. */
  readonly eks: SourceContext;
  /** Only says what it would do. */
  readonly dryRun?: boolean;
  /** Leaves the records where they are. */
  readonly keep?: boolean;
  /** Asked before each record; false ends early. */
  readonly mayContinue?: () => boolean;
}

export interface Redriven {
  /** Records looked at. */
  readonly found: number;
  /** Whose payload is in the lake now (or would be fed in, on a dry run). */
  readonly redriven: number;
  /** Left where they are, by reason. */
  readonly left: Record<string, number>;
  /** False when it ended early: there may be more. */
  readonly complete: boolean;
  readonly report: Report;
}

/**
 * Feeds the payloads of failed invocations to the pipeline again, each by itself and under the request id of its first
 * try, so that the same bytes make the same objects: what the first try wrote is found taken, and doing all this twice
 * stores nothing twice. A record is removed only after its payload is in the lake or in quarantine.
 *
 * @throws StorageError when the lake refused a write or a record could not be read or removed; the rest stays.
 */
export async function redrive(store: FailedStore, context: HostContext, options: RedriveOptions): Promise<Redriven> {
  const started = performance.now();
  const total = new Tally();
  const left: Record<string, number> = {};
  let found = 0;
  let redriven = 0;
  let complete = true;
  for await (const key of store.keys()) {
    if (options.mayContinue?.() === false) {
      complete = false;
      break;
    }
    found++;
    const bytes = await store.get(key);
    const invocation = readFailedInvocation(bytes);
    const adapter = invocation === undefined ? undefined : detect(invocation.payload)?.adapter;
    if (invocation === undefined || adapter === undefined) {
      addCount(left, invocation === undefined ? "no-payload" : "unrecognised");
      continue;
    }
    if (options.dryRun !== true) {
      const source = adapter.name === "eks" ? eksSource(invocation, options.eks) : {};
      const body = { value: invocation.payload, bytes: bytes.length };
      const delivery = { name: "failed invocation", id: invocation.requestId, body };
      try {
        await deliver([delivery], () => adapter, { ...context, source, total });
      } catch (error) {
        if (error instanceof StorageError) throw error;
        // A record that brings out a bug must not keep the others waiting.
        addCount(left, "internal-error");
        continue;
      }
      if (options.keep !== true) await store.remove(key);
    }
    redriven++;
  }
  return { found, redriven, left, complete, report: total.report((performance.now() - started) / 1000) };
}

/** The function that failed told its payloads' Region by its own: so it must here, or the events would land elsewhere. */
function eksSource({ region }: FailedInvocation, given: SourceContext): SourceContext {
  return region === undefined || given.region !== undefined ? given : { ...given, region };
}
