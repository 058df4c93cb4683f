import { parseJson } from "../../shared/json.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import type { Report } from "../../shared/report.ts";
import type { HostContext } from "../host.ts";
import { createPushHandler } from "./handler.ts";

/** What Lambda hands over of a queue. Source: AWS Lambda developer guide, "Using Lambda with Amazon SQS". */
export interface QueueBatch {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Messages named here come again; all others are deleted from the queue. */
export interface BatchResult {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** Runs the pipeline over some of the batch and accounts for it; throws what `measured` throws. */
export type RunPart = (work: (context: HostContext) => Promise<Report>) => Promise<Report>;

/**
 * Lands a batch of queued pushes in common objects. When the lake refuses, all of them come again. When anything else
 * goes wrong (a bug that one message brings out), each is tried by itself, so that only that one comes again and ends
 * in the dead-letter queue. Bodies that are no pushes are quarantined and do not come again.
 */
export function createBatchHandler(run: RunPart): (batch: QueueBatch) => Promise<BatchResult> {
  const land = (bodies: readonly unknown[]) => run((context) => createPushHandler(context)(bodies));
  return async ({ Records: records }) => {
    const bodies = records.map(({ body }) => parseOrText(body));
    if (bodies.length === 0) return { batchItemFailures: [] };
    try {
      await land(bodies);
      return { batchItemFailures: [] };
    } catch (error) {
      if (error instanceof StorageError || records.length === 1) return failed(records);
    }
    const again: QueueBatch["Records"][number][] = [];
    for (const [i, record] of records.entries()) {
      try {
        await land([bodies[i]]);
      } catch {
        again.push(record);
      }
    }
    return failed(again);
  };
}

function failed(records: QueueBatch["Records"]): BatchResult {
  return { batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Text that is not JSON goes on as it is: the adapter says what is wrong with it, and its bytes are kept. */
function parseOrText(body: string): unknown {
  try {
    return parseJson(body);
  } catch {
    return body;
  }
}
