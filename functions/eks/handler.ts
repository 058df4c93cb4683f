import type { Report } from "../../shared/report.ts";
import type { HostContext } from "../host.ts";
import { deliver } from "../host.ts";
import { eks } from "./decode.ts";

/**
 * The handler of a Lambda function behind a CloudWatch Logs subscription filter.
 *
 * The invocation is asynchronous: a thrown error makes Lambda try the whole payload again, so it throws only when the
 * lake refused a write. Records that are no events are accounted for in the report, never thrown.
 * `arrivedMs`, the host's clock, gives the lag: CloudWatch's own time stamps are those of the events.
 * Payload: docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 */
export function createSubscriptionHandler(
  context: HostContext,
): (payload: unknown, invocation: { awsRequestId: string; arrivedMs?: number }) => Promise<Report> {
  return (payload, { awsRequestId, arrivedMs }) => {
    const data = (payload as { awslogs?: { data?: unknown } } | null)?.awslogs?.data;
    const bytes = typeof data === "string" ? data.length : 0;
    return deliver(
      [
        {
          name: "subscription payload",
          id: awsRequestId,
          ...(arrivedMs === undefined ? {} : { arrivedMs }),
          body: { value: payload, bytes },
        },
      ],
      () => eks,
      context,
    );
  };
}
