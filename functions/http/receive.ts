import { createHash } from "node:crypto";
import { StorageError } from "../../shared/lake/sink.ts";
import type { Report } from "../../shared/report.ts";
import { sumCounts } from "../../shared/report.ts";
import type { HostContext } from "../host.ts";
import { deliver } from "../host.ts";
import { Recogniser } from "../recogniser.ts";

export interface Received {
  /** 200 when the data is in the lake, 400 when nothing in the body was usable, 503 when the lake refused. */
  readonly status: 200 | 400 | 503;
  readonly body: Record<string, unknown>;
  readonly report: Report | undefined;
}

/**
 * Takes one HTTP request body: an audit webhook EventList, a JSON array or NDJSON (what Vector's and Fluent Bit's HTTP
 * outputs post), a Pub/Sub push, gzip or not. The same body sent again makes the same objects, so a sender that lost
 * our answer may repeat it.
 *
 * @param name for messages, such as "POST /".
 * @param arrivedMs the host's clock, for the lag of records that carry no delivery time.
 */
export async function receive(
  name: string,
  body: Uint8Array,
  arrivedMs: number | undefined,
  context: HostContext,
): Promise<Received> {
  const reasons = new Set<string>();
  const id = createHash("sha256").update(body).digest("hex").slice(0, 32);
  let report: Report;
  try {
    report = await deliver(
      [{ name, id, ...(arrivedMs === undefined ? {} : { arrivedMs }), body: { chunks: [body] } }],
      new Recogniser("auto").adapterFor,
      {
        ...context,
        onProblem: (problem) => {
          reasons.add(problem.hint === undefined ? problem.reason : `${problem.reason}: ${problem.hint}`);
          context.onProblem?.(problem);
        },
      },
    );
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { status: 503, body: { error: "not stored, send it again", reason: error.message }, report: undefined };
  }
  const unusable = sumCounts(report.quarantined);
  if (report.received === 0) return { status: 400, body: { error: "the body holds no record" }, report };
  if (unusable === report.received) {
    return {
      status: 400,
      body: { error: "no usable record; kept in quarantine", reasons: [...reasons].slice(0, 10) },
      report,
    };
  }
  const { received, stored, alreadyStored, skipped, quarantined } = report;
  return { status: 200, body: { received, stored, alreadyStored, skipped, quarantined }, report };
}
