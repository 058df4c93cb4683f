import { isUtf8 } from "node:buffer";
import { gunzipSync } from "node:zlib";
import type { RejectReason } from "../../shared/adapter.ts";
import { decodeBase64 } from "../base64.ts";

/**
 * Most that one payload may unpack to, in bytes. CloudWatch Logs invokes Lambda asynchronously, so a payload is at most
 * 1 MB (base64; 0.75 MB of gzip); audit JSON packs 10 to 20 times, so about 15 MB is the largest real one, and a
 * Kinesis or Firehose record is no larger. This allows eight times that; deflate could make 1,032 times.
 */
export const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;

export type Unpacked = { readonly document: unknown } | { readonly reason: RejectReason; readonly hint: string };

/** Unpacks base64 of gzip of a JSON document, as CloudWatch Logs hands it to Lambda, Kinesis and Firehose. Never throws. */
export function unpack(data: string): Unpacked {
  const packed = decodeBase64(data);
  if (packed === undefined) return { reason: "bad-base64", hint: "the data of the payload is not base64" };
  let bytes: Buffer;
  try {
    bytes = gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    return gzipFault((error as NodeJS.ErrnoException).code);
  }
  // Decoding would put U+FFFD for bad bytes and change an event without a word.
  if (!isUtf8(bytes)) return { reason: "invalid-utf8", hint: "the unpacked payload is not UTF-8" };
  try {
    // Not parseJson: the only numbers of the document are its millisecond time stamps, the events are strings in it.
    return { document: JSON.parse(bytes.toString("utf8")) };
  } catch {
    return { reason: "not-json", hint: "the unpacked payload is not JSON" };
  }
}

// --- Internal helpers ---

function gzipFault(code: string | undefined): Unpacked {
  if (code === "ERR_BUFFER_TOO_LARGE") {
    return { reason: "gzip-bomb", hint: `the payload unpacks to more than ${MAX_UNPACKED_BYTES} bytes` };
  }
  if (code === "Z_BUF_ERROR") return { reason: "truncated-gzip", hint: "the gzip data of the payload ends too early" };
  return { reason: "bad-gzip", hint: "the data of the payload is not gzip, or damaged" };
}
