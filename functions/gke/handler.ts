import type { Report } from "../../shared/report.ts";
import type { HostContext } from "../host.ts";
import { deliver } from "../host.ts";
import { gke } from "./decode.ts";

/**
 * Takes Pub/Sub push bodies that arrived together and lands them in common objects. The caller acknowledges the pushes
 * when the promise resolves, and answers 5xx to all of them when it rejects.
 * Body: cloud.google.com/pubsub/docs/push
 */
export function createPushHandler(
  context: HostContext,
): (bodies: readonly unknown[], arrivedMs?: number) => Promise<Report> {
  return (bodies, arrivedMs) =>
    deliver(
      bodies.map((value, i) => ({
        name: "push",
        id: messageId(value) ?? `push-${i}`,
        ...(arrivedMs === undefined ? {} : { arrivedMs }),
        body: { value, bytes: sizeOf(value) },
      })),
      () => gke,
      context,
    );
}

interface Push {
  message?: { messageId?: unknown; data?: unknown };
}

function messageId(body: unknown): string | undefined {
  const id = (body as Push | null)?.message?.messageId;
  return typeof id === "string" ? id : undefined;
}

function sizeOf(body: unknown): number {
  const data = (body as Push | null)?.message?.data;
  return typeof data === "string" ? data.length : 0;
}
