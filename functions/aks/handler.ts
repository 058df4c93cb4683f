import type { Report } from "../../shared/report.ts";
import type { HostContext } from "../host.ts";
import { deliver } from "../host.ts";
import { aks } from "./decode.ts";

/** One Event Hubs message: its body as the runtime parsed it, and where it stands in the hub. */
export interface EventHubMessage {
  readonly body: unknown;
  readonly partition: string;
  readonly sequenceNumber: number;
  /** RFC 3339. */
  readonly enqueued?: string;
  /** The host's clock at arrival: Azure's record times are those of the events. */
  readonly arrivedMs?: number;
}

/**
 * Takes a batch of Event Hubs messages. A thrown error must reach the runtime's retry policy, which then keeps the
 * checkpoint where it is: so it throws only when the lake refused a write, never for what is in a message.
 * Message: learn.microsoft.com/azure/azure-monitor/platform/stream-monitoring-data-event-hubs
 */
export function createEventHubHandler(context: HostContext): (messages: readonly EventHubMessage[]) => Promise<Report> {
  return (messages) =>
    deliver(
      messages.map(({ body, partition, sequenceNumber, enqueued, arrivedMs }) => ({
        name: `partition ${partition}, message ${sequenceNumber}`,
        id: `${partition}:${sequenceNumber}`,
        ...(enqueued === undefined ? {} : { delivered: enqueued }),
        ...(arrivedMs === undefined ? {} : { arrivedMs }),
        body: { value: body, bytes: JSON.stringify(body)?.length ?? 0 },
      })),
      () => aks,
      context,
    );
}

/**
 * The handler of a Lambda function on the Kafka endpoint of an Event Hubs namespace (experimental). A thrown error makes
 * Lambda try the whole batch again and keeps the offsets where they are: so it throws only when the lake refused a write.
 * Payload: AWS Lambda developer guide, "Using Lambda with self-managed Apache Kafka"
 */
export function createKafkaHandler(
  context: HostContext,
): (payload: unknown, invocation: { awsRequestId: string }) => Promise<Report> {
  return (payload, { awsRequestId }) =>
    deliver(
      [
        {
          name: "Kafka batch",
          id: awsRequestId,
          body: { value: payload, bytes: JSON.stringify(payload)?.length ?? 0 },
        },
      ],
      () => aks,
      context,
    );
}
