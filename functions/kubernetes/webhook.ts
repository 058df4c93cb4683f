import type { SourceContext } from "../../shared/adapter.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import type { Report } from "../../shared/report.ts";
import type { HostContext } from "../host.ts";
import { clusterInPath } from "../http/cluster-path.ts";
import {
  answer,
  bodyBytes,
  bodySize,
  type FunctionUrlEvent,
  type FunctionUrlResult,
  methodOf,
} from "../http/function-url.ts";
import { type Received, receive } from "../http/receive.ts";
import { unpack } from "../http/unpack.ts";

/** A function URL takes 6 MB (AWS Lambda quotas), which gzip may unpack to this much. */
export const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;

export interface WebhookParts {
  /** @throws when the token cannot be looked up. */
  readonly allows: (authorization: string | undefined) => Promise<boolean>;
  /** Runs the pipeline and accounts for it. */
  readonly run: (work: (context: HostContext) => Promise<Report>) => Promise<Report>;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/**
 * The function URL that a kube-apiserver audit webhook, Vector or Fluent Bit posts to. Answers as `clustertrail listen`
 * does: 200 only after the data is in the lake, 400 for a body without a usable record (kept in quarantine), 401
 * without the token, which is looked at before the body, 503 when the lake refused: send it again.
 */
export function createWebhook(parts: WebhookParts): (event: FunctionUrlEvent) => Promise<FunctionUrlResult> {
  return async (event) => {
    let allowed: boolean;
    try {
      allowed = await parts.allows(event.headers?.["authorization"]);
    } catch (error) {
      parts.log(
        JSON.stringify({ level: "ERROR", message: "the token cannot be checked", reason: (error as Error).message }),
      );
      return answer(503, { error: "the token cannot be checked now, send it again" });
    }
    if (!allowed) return answer(401, { error: "a valid bearer token is required" });
    if (methodOf(event) !== "POST") return answer(405, { error: "POST audit records here" });
    if (bodySize(event) > MAX_UNPACKED_BYTES)
      return answer(413, { error: `the body is larger than ${MAX_UNPACKED_BYTES} bytes` });
    const body = await unpack(bodyBytes(event), event.headers?.["content-encoding"], MAX_UNPACKED_BYTES);
    if (!body.ok) return answer(body.status, { error: body.reason });
    return land(body.bytes, clusterInPath(event.rawPath), parts);
  };
}

async function land(bytes: Uint8Array, named: SourceContext, { run, now }: WebhookParts): Promise<FunctionUrlResult> {
  let received: Received | undefined;
  try {
    await run(async (context) => {
      received = await receive("POST /", bytes, now(), {
        ...context,
        source: { ...context.source, ...named },
      });
      // `receive` has made an answer of it; the accounting must hear of it too.
      if (received.report === undefined) throw new StorageError(String(received.body["reason"]), { retryable: true });
      return received.report;
    });
  } catch {
    if (received === undefined) return answer(500, { error: "internal error" });
  }
  const { status, body } = received!;
  return answer(status, body);
}
