import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

/** Largest request body, before and after decompression. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

export type Body =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly reason: string };

const inflate = promisify(gunzip);

/** Reads one request's body, decompressed. Never holds more than {@link MAX_BODY_BYTES} of it. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return TOO_LARGE;
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip") {
    return { ok: false, status: 415, reason: "content-encoding must be gzip or absent" };
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early must not close the connection: the sender shall see the answer.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return TOO_LARGE;
    parts.push(part);
  }
  const bytes = Buffer.concat(parts);
  if (encoding === "identity") return { ok: true, bytes };
  try {
    return { ok: true, bytes: await inflate(bytes, { maxOutputLength: MAX_BODY_BYTES }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return TOO_LARGE;
    return { ok: false, status: 400, reason: "the body is not gzip, though its content-encoding says so" };
  }
}

const TOO_LARGE: Body = { ok: false, status: 413, reason: `the body is larger than ${MAX_BODY_BYTES} bytes` };
