import { isUtf8 } from "node:buffer";
import {
  answer,
  bodyBytes,
  bodySize,
  type FunctionUrlEvent,
  type FunctionUrlResult,
  methodOf,
} from "../http/function-url.ts";
import type { OidcCheck } from "./oidc.ts";

/**
 * An SQS message holds 1 MiB (Amazon SQS developer guide, "Message quotas"). An audit entry has 512 KiB at the most,
 * 700 KB in base64, so a push that does not fit is none of ours; it ends in the subscription's dead-letter topic.
 */
export const MAX_PUSH_BYTES = 1_048_576;

/** Puts one text on the queue; resolves when the queue has it for good. */
export type Enqueue = (body: string) => Promise<void>;

/**
 * The function URL that a Pub/Sub push subscription calls. Nothing of the body is looked at before the token has
 * passed, and nothing is parsed here at all: it goes to the queue as it came. 204 only when the queue has it.
 *
 * @param log takes one line for each refusal and failure; no line holds anything of the request.
 */
export function createPushEndpoint(
  check: OidcCheck,
  enqueue: Enqueue,
  log: (line: string) => void,
): (event: FunctionUrlEvent) => Promise<FunctionUrlResult> {
  return async (event) => {
    if (methodOf(event) !== "POST") return answer(405, { error: "POST Pub/Sub pushes here" });
    const verdict = await check(event.headers?.["authorization"]);
    if (!verdict.ok) {
      log(
        JSON.stringify({
          level: verdict.status === 401 ? "WARN" : "ERROR",
          message: "push refused",
          reason: verdict.reason,
        }),
      );
      return answer(verdict.status, { error: verdict.status === 401 ? "not authorised" : "try again" });
    }
    if (bodySize(event) > MAX_PUSH_BYTES)
      return answer(413, { error: `the body is larger than ${MAX_PUSH_BYTES} bytes` });
    const bytes = bodyBytes(event);
    if (bytes.length === 0 || !isUtf8(bytes)) return answer(400, { error: "the body is not a Pub/Sub push" });
    try {
      await enqueue(bytes.toString("utf8"));
    } catch (error) {
      const { name } = error as { name?: string };
      log(
        JSON.stringify({
          level: "ERROR",
          message: "push not queued, Pub/Sub sends it again",
          reason: name ?? "unknown",
        }),
      );
      return answer(503, { error: "not queued, send it again" });
    }
    return answer(204);
  };
}
