import { constants, gunzipSync } from "node:zlib";
import { BASE64, isIn, runEnd } from "./chars.ts";
import { startsLikeText } from "./prefilter.ts";
import type { Span, Spans } from "./spans.ts";

/** Base64 in base64 in base64: what people do, and one more. */
const MAX_LAYERS = 3;
/** All that one string may make us decode, gzip included; what is over that is taken out unread. */
const MAX_BYTES = 4 << 20;
const MAX_RUNS = 1000;
const MIN_RUN = 16;
/** Lines of base64 that belong together are this long (PEM 64, MIME 76). */
const MIN_LINE = 60;

/** How much one string has been decoded so far. */
export interface Work {
  layer: number;
  bytes: number;
  runs: number;
}

/** Finds secrets in decoded text; the caller's text rules. */
export type Look = (text: string, work: Work) => readonly Span[];

/**
 * Base64 of either alphabet, and gzip inside it, that hides a secret: the whole run goes, under the rule of what was found in it, with
 * that secret's fingerprint.
 */
export function findEncoded(text: string, spans: Spans, look: Look, work: Work): void {
  if (work.layer >= MAX_LAYERS) return;
  for (let at = 0; at < text.length && !spans.full; ) {
    if (!isIn(BASE64, text.charCodeAt(at))) {
      at++;
      continue;
    }
    const end = joinedRunEnd(text, at);
    const start = end - at < MIN_RUN ? -1 : candidate(text, at, end);
    if (start >= 0) findInRun(text, start, end, spans, look, work);
    at = end;
  }
}

/** End of a run of base64, over the line breaks of wrapped text. */
function joinedRunEnd(text: string, from: number): number {
  let lineStart = from;
  let at = from;
  for (;;) {
    at = runEnd(text, at, BASE64);
    let next = at;
    if (text[next] === "\r") next++;
    if (text[next] !== "\n" || at - lineStart < MIN_LINE || !isIn(BASE64, text.charCodeAt(next + 1))) return at;
    at = lineStart = next + 1;
  }
}

/** Where in the run text begins: at its start, or behind a character that is a separator as often as a digit. */
function candidate(text: string, start: number, end: number): number {
  let from = start;
  for (let tries = 0; tries < 16 && end - from >= MIN_RUN; tries++) {
    if (startsLikeText(text, from)) return from;
    do from++;
    while (from < end && !"/-_+".includes(text[from - 1]!));
  }
  return -1;
}

function findInRun(text: string, start: number, end: number, spans: Spans, look: Look, work: Work): void {
  let stop = end;
  while (stop - end < 2 && text[stop] === "=") stop++;
  work.runs++;
  work.bytes += (end - start) >> 1;
  const decoded = work.runs > MAX_RUNS || work.bytes > MAX_BYTES ? undefined : decode(text.slice(start, end), work);
  if (decoded === undefined) {
    spans.add(start, stop, "encoded-limit");
    return;
  }
  work.layer++;
  const found = look(decoded, work)[0];
  work.layer--;
  if (found === undefined) return;
  spans.add(start, stop, found.rule, found.secret ?? Buffer.from(decoded.slice(found.start, found.end), "latin1"));
}

/** The text as latin1 (one unit for each byte); undefined if it is gzip that is too large or broken. */
function decode(run: string, work: Work): string | undefined {
  const bytes = Buffer.from(run, "base64");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString("latin1");
  const room = MAX_BYTES - work.bytes;
  if (room <= 0) return undefined;
  try {
    // A cut stream still gives up what it has.
    const plain = gunzipSync(bytes, { maxOutputLength: room, finishFlush: constants.Z_SYNC_FLUSH });
    work.bytes += plain.length;
    return plain.toString("latin1");
  } catch {
    return undefined;
  }
}
