import type { IncomingMessage } from "node:http";
import type { Unpacked } from "../../functions/http/unpack.ts";
import { encodingProblem, tooLarge, unpack } from "../../functions/http/unpack.ts";

/** Largest request body, before and after decompression. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * Reads one request's body, decompressed. Never holds more than {@link MAX_BODY_BYTES} of it.
 * @param hold asked for room for so many bytes as they arrive; false ends the reading.
 * @returns undefined when there was no room.
 */
export async function readBody(
  request: IncomingMessage,
  hold: (bytes: number) => boolean,
): Promise<Unpacked | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return tooLarge(MAX_BODY_BYTES);
  const encoding = request.headers["content-encoding"];
  const problem = encodingProblem(encoding);
  if (problem !== undefined) return problem;
  const parts: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early must not close the connection: the sender shall see the answer.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return tooLarge(MAX_BODY_BYTES);
    if (!hold(part.length)) return undefined;
    parts.push(part);
  }
  return unpack(Buffer.concat(parts), encoding, MAX_BODY_BYTES);
}
