import { StorageError } from "../shared/lake/sink.ts";
import type { Report } from "../shared/report.ts";
import type { HostContext } from "./host.ts";
import { ClusterMeter } from "./meter.ts";
import type { ReportFormat } from "./metrics.ts";

/** Takes one line for the host's log. */
export type Print = (line: string) => void;

/**
 * Lambda's `console` puts a time and a request id before each line, and CloudWatch takes metrics only from lines that
 * are JSON from the first character.
 */
export const toStdout: Print = (line) => void process.stdout.write(`${line}\n`);

/**
 * Runs one invocation and says in the log what it did.
 *
 * @throws StorageError when the lake refused a write: the host must fail the invocation.
 * @throws Error "internal error (TypeError)" for a bug. The error itself is not passed on: hosts print what a handler
 * throws, and the message of an unforeseen error may quote what it was working on.
 */
export async function measured(
  context: HostContext,
  format: ReportFormat,
  print: Print,
  run: (context: HostContext) => Promise<Report>,
): Promise<Report> {
  const meter = new ClusterMeter(context.redactor, Date.now());
  try {
    const report = await run({ ...context, redactor: meter });
    for (const line of format.report(report, meter.clusters)) print(line);
    return report;
  } catch (error) {
    const safe = withoutContent(error);
    for (const line of format.failure(safe.message)) print(line);
    throw safe;
  }
}

/** A storage error without its cause, or an error that says no more than the kind of what went wrong. */
export function withoutContent(error: unknown): Error {
  if (error instanceof StorageError) {
    const { message, key, retryable } = error;
    return new StorageError(message, { ...(key === undefined ? {} : { key }), retryable });
  }
  const name = error instanceof Error && KIND.test(error.name) ? error.name : "unknown";
  return new Error(`internal error (${name}); please report it`);
}

const KIND = /^[A-Za-z]{1,60}$/;
