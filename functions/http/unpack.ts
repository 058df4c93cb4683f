import { promisify } from "node:util";
import { gunzip } from "node:zlib";

export type Unpacked =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly status: 413 | 415; readonly reason: string };

const inflate = promisify(gunzip);

/**
 * A request body as its sender wrote it: unpacked when `content-encoding` says gzip.
 * @param maxBytes before and after unpacking.
 */
export async function unpack(body: Uint8Array, encoding: string | undefined, maxBytes: number): Promise<Unpacked> {
  const known = encodingProblem(encoding);
  if (known !== undefined) return known;
  if (body.length > maxBytes) return tooLarge(maxBytes);
  // gzip is unpacked here even if no header says so, because here its size is bounded.
  if (encoding?.toLowerCase() !== "gzip" && !(body[0] === 0x1f && body[1] === 0x8b)) return { ok: true, bytes: body };
  try {
    return { ok: true, bytes: await inflate(body, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return tooLarge(maxBytes);
    // Passed on as it came: the pipeline stores what can be read of it, and quarantines the rest with a reason.
    return { ok: true, bytes: body };
  }
}

/** Told by the header alone, before a byte of the body is read. */
export function encodingProblem(encoding: string | undefined): Unpacked | undefined {
  // Names of codings do not depend on case (RFC 9110, 8.4.1).
  if (encoding === undefined || /^(?:identity|gzip)$/i.test(encoding)) return undefined;
  return { ok: false, status: 415, reason: "content-encoding must be gzip or absent" };
}

export function tooLarge(maxBytes: number): Unpacked {
  return { ok: false, status: 413, reason: `the body is larger than ${maxBytes} bytes` };
}
