import { ADAPTERS } from "../functions/sources.ts";
import type { Delivery } from "../shared/delivery.ts";
import { ingest } from "../shared/ingest.ts";
import type { Sink } from "../shared/lake/sink.ts";
import { createRedactor } from "../shared/redact/create.ts";
import { findLeak } from "../shared/redact/gate.ts";
import type { Redactor } from "../shared/redact/redactor.ts";
import type { BenchInput } from "./inputs.ts";

/** Takes every object and forgets it: storage is not what is measured. */
const NOWHERE: Sink = { put: async () => "created" };

export const NO_REDACTION: Redactor = { redact: () => undefined };

export interface PipelineOptions {
  /** False: the redactor and the output gate are stubbed out, to measure what they cost. */
  readonly redaction: boolean;
}

/** Runs the real pipeline over the input, in one call of `ingest`. @returns events stored. */
export async function runPipeline(
  provider: string,
  input: BenchInput,
  { redaction }: PipelineOptions,
): Promise<number> {
  const adapter = ADAPTERS.find(({ name }) => name === provider)!;
  const tally = await ingest(deliveries(input), {
    lake: NOWHERE,
    adapterFor: () => adapter,
    source: { cluster: "prod", account: "111122223333", region: "eu-west-1" },
    redactor: redaction ? createRedactor() : NO_REDACTION,
    findLeak: redaction ? findLeak : () => undefined,
  });
  const report = tally.report(0);
  if (report.stored + report.alreadyStored < input.events) throw new Error("the benchmark lost events");
  return report.stored;
}

function* deliveries({ payloads, file }: BenchInput): Generator<Delivery> {
  if (file !== undefined) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < file.length; at += 1 << 20) chunks.push(file.subarray(at, at + (1 << 20)));
    yield { name: "bench", id: "bench", body: { chunks } };
  }
  let n = 0;
  for (const value of payloads ?? []) yield { name: "bench", id: `bench-${n++}`, body: { value, bytes: 0 } };
}
