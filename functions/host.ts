import type { Adapter, SourceContext } from "../shared/adapter.ts";
import type { Delivery, Problem } from "../shared/delivery.ts";
import { ingest } from "../shared/ingest.ts";
import type { Sink } from "../shared/lake/sink.ts";
import { findLeak } from "../shared/redact/gate.ts";
import type { Redactor } from "../shared/redact/redactor.ts";
import type { Report } from "../shared/report.ts";
import type { Tally } from "../shared/tally.ts";

/** What every host wires once, at start: where to, with which redaction, and what it knows of the source. */
export interface HostContext {
  readonly lake: Sink;
  readonly redactor: Redactor;
  readonly source: SourceContext;
  /** The output gate, when a redaction policy keeps what the built-in one would hold back. */
  readonly findLeak?: (line: string) => unknown;
  readonly onProblem?: (problem: Problem) => void;
  /** Sums up all invocations of a host that lives longer than one. */
  readonly total?: Tally;
}

/**
 * Runs the pipeline over what one invocation was handed.
 * @param adapterFor as in `IngestContext`.
 * @throws StorageError when the lake refused a write: the host must fail the invocation, so that the source delivers again.
 */
export async function deliver(
  deliveries: Iterable<Delivery> | AsyncIterable<Delivery>,
  adapterFor: (value: unknown) => Adapter | undefined,
  context: HostContext,
): Promise<Report> {
  const started = performance.now();
  const tally = await ingest(deliveries, { ...context, adapterFor, findLeak: context.findLeak ?? findLeak });
  context.total?.merge(tally);
  return tally.report((performance.now() - started) / 1000);
}
