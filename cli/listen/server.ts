import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { HostContext } from "../../functions/host.ts";
import { clusterInPath } from "../../functions/http/cluster-path.ts";
import { receive } from "../../functions/http/receive.ts";
import type { TokenCheck } from "../../functions/http/token.ts";
import type { Report } from "../../shared/report.ts";
import { MAX_BODY_BYTES, readBody } from "./body.ts";

/** Bodies held at one time: beyond that, senders are asked to come again. Bounds memory whatever arrives. */
const MAX_HELD_BYTES = 4 * MAX_BODY_BYTES;

/** A sender gets this long for a whole request; slower ones hold a connection for nothing. */
const REQUEST_TIMEOUT_MS = 60_000;

/** How long the rest of a refused body is passed over. */
const LINGER_MS = 2_000;

export interface ListenOptions extends HostContext {
  readonly token: TokenCheck | undefined;
  readonly onReport?: (report: Report) => void;
}

/**
 * The endpoint: `POST` to any path takes audit records, `GET /healthz` answers 200.
 * Answers 200 only after the data is in the lake, 400 for a body without a usable record, 401 without the token, 413
 * over {@link MAX_BODY_BYTES}, 503 when the lake could not be written or too much is in hand.
 */
export function createListener(options: ListenOptions): Server {
  let held = 0;
  const server = createServer(async (request, response) => {
    let holding = 0;
    try {
      const refusal = refuse(request, options.token);
      if (refusal !== undefined) return answer(request, response, refusal.status, refusal.body);
      // Counted as it arrives, not as announced: senders that announce much and send nothing block nobody.
      const body = await readBody(request, (bytes) => {
        if (held + bytes > MAX_HELD_BYTES) return false;
        held += bytes;
        holding += bytes;
        return true;
      });
      if (body === undefined) return answer(request, response, 503, { error: "too much in hand, send it again" });
      if (!body.ok) return answer(request, response, body.status, { error: body.reason });
      const source = { ...options.source, ...clusterInPath(pathOf(request)) };
      const received = await receive(`POST ${pathOf(request)}`, body.bytes, Date.now(), { ...options, source });
      if (received.report !== undefined) options.onReport?.(received.report);
      answer(request, response, received.status, received.body);
    } catch {
      // The sender went away, or a bug: either way it has no 200 and sends again.
      if (response.headersSent || response.destroyed) response.destroy();
      else answer(request, response, 500, { error: "internal error" });
    } finally {
      held -= holding;
    }
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return server;
}

function refuse(request: IncomingMessage, token: TokenCheck | undefined): { status: number; body: object } | undefined {
  if ((request.method === "GET" || request.method === "HEAD") && pathOf(request) === "/healthz")
    return { status: 200, body: { status: "ok" } };
  // Before a byte of the body is read.
  if (token !== undefined && !token.allows(request.headers.authorization)) {
    return { status: 401, body: { error: "a valid bearer token is required" } };
  }
  if (request.method !== "POST") return { status: 405, body: { error: "POST audit records here" } };
  return undefined;
}

/** The path without its query, which may hold a token. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? "/").split("?")[0]!;
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.setHeader("content-length", Buffer.byteLength(text));
  if (status === 401) response.setHeader("www-authenticate", "Bearer");
  if (status === 405) response.setHeader("allow", "POST");
  if (status === 503) response.setHeader("retry-after", "5");
  if (request.complete) {
    response.end(text);
    return;
  }
  // A body that was not read to its end cannot be followed by another request. Ending the response would close the
  // socket at once, and the reset could overtake the answer: so the rest of the body is passed over for a moment first.
  response.setHeader("connection", "close");
  response.write(text);
  const end = (): void => void response.end();
  const timer = setTimeout(end, LINGER_MS);
  request.once("close", () => clearTimeout(timer));
  request.once("end", end);
  request.resume();
}
