import type { EventHubMessage } from "./handler.ts";

/**
 * What the Functions host says of a batch (cardinality many); all of it may be missing. The lists run beside the
 * messages.
 * Source: learn.microsoft.com/azure/azure-functions/functions-bindings-event-hubs-trigger, "Event metadata"
 */
export interface BatchMetadata {
  readonly partitionContext?: { readonly partitionId?: unknown };
  readonly sequenceNumberArray?: unknown;
  readonly enqueuedTimeUtcArray?: unknown;
}

/** The messages of one invocation, each with its place in the hub. */
export function messagesOf(messages: unknown, metadata: BatchMetadata | undefined): EventHubMessage[] {
  // One message is handed over by itself when a host ignores the cardinality.
  const list: readonly unknown[] = Array.isArray(messages) ? messages : [messages];
  const partition = partitionOf(metadata);
  const numbers = listOf(metadata?.sequenceNumberArray);
  const times = listOf(metadata?.enqueuedTimeUtcArray);
  return list.map((message, i) => {
    const enqueued = rfc3339(times[i]);
    return {
      // The host hands over what is no JSON as text or bytes.
      body: message instanceof Uint8Array ? Buffer.from(message).toString("utf8") : message,
      partition,
      sequenceNumber: typeof numbers[i] === "number" ? numbers[i] : i,
      ...(enqueued === undefined ? {} : { enqueued }),
    };
  });
}

function partitionOf(metadata: BatchMetadata | undefined): string {
  const id = metadata?.partitionContext?.partitionId;
  return typeof id === "string" || typeof id === "number" ? String(id) : "unknown";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const UTC_WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?$/;
const UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** The host writes UTC, with or without saying so. */
function rfc3339(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (UTC.test(value)) return value;
  return UTC_WITHOUT_ZONE.test(value) ? `${value}Z` : undefined;
}
