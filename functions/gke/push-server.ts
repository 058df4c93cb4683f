import { BusyError, type CoalesceBounds, Coalescer } from "./coalesce.ts";
import type { Shutdown } from "./drain.ts";

/**
 * - 600 ms: Pub/Sub lets a subscription have as many pushes open as it needs only while their average latency is under
 *   one second (cloud.google.com/pubsub/docs/push, "Delivery rate"); a write to S3 takes 50 to 200 ms of it.
 * - 500 pushes: at that rate an instance makes objects of some hundred events, and Cloud Run gives an instance at most
 *   1,000 requests at a time.
 * - 8 MiB and 64 MiB held: an entry of 512 KiB is 700 KB in base64, and becomes about four times that while it is
 *   parsed and encoded; this fits an instance of 512 MiB.
 */
export const BOUNDS: CoalesceBounds = {
  maxItems: 500,
  maxBytes: 8 * 1024 * 1024,
  maxWaitMs: 600,
  maxHeldBytes: 64 * 1024 * 1024,
};

/** A Pub/Sub message holds 10 MB, in base64 a third more, and its attributes (cloud.google.com/pubsub/quotas). */
export const MAX_PUSH_BYTES = 14 * 1024 * 1024;

/** What is used of an Express request, as the functions framework hands it over. */
export interface PushRequest {
  readonly method: string;
  readonly path: string;
  /** Parsed, when the content type says JSON. */
  readonly body: unknown;
  readonly rawBody?: Uint8Array | undefined;
}

/** What is used of an Express response. */
export interface PushResponse {
  status(code: number): { end(): unknown };
  once(event: "finish" | "close", listener: () => void): unknown;
}

/**
 * The HTTP side of the Google host. Answers 204 only after the push's batch is in the lake, 503 when the lake refused
 * or too much is in hand: Pub/Sub then sends the push again. Who may call is settled before: Cloud Run lets in only
 * the push subscription's service account (roles/run.invoker), and strips the token of its signature.
 */
export function createPushServer(
  coalescer: Coalescer<unknown>,
  shutdown: Shutdown,
): (request: PushRequest, response: PushResponse) => Promise<void> {
  return async (request, response) => {
    const answered = shutdown.begin();
    // "close" comes in every case, also when the sender has gone away.
    response.once("finish", answered);
    response.once("close", answered);
    response.status(await handle(request, coalescer, shutdown)).end();
  };
}

async function handle(request: PushRequest, coalescer: Coalescer<unknown>, shutdown: Shutdown): Promise<number> {
  if (request.method === "GET" && request.path === "/healthz") return 200;
  if (request.method !== "POST") return 405;
  if (shutdown.ending) return 503;
  const bytes = request.rawBody?.length ?? 0;
  if (bytes > MAX_PUSH_BYTES) return 413;
  if (bytes === 0) return 400;
  try {
    await coalescer.add(bodyOf(request), bytes);
    return 204;
  } catch (error) {
    // The writer has said in the log what went wrong.
    return error instanceof BusyError ? 429 : 503;
  }
}

/** Anything but JSON reaches the adapter as text: it says what is wrong with it, and its bytes are kept. */
function bodyOf({ body }: PushRequest): unknown {
  return body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : body;
}

export function createCoalescer(write: (bodies: readonly unknown[]) => Promise<unknown>): Coalescer<unknown> {
  return new Coalescer(BOUNDS, write);
}
