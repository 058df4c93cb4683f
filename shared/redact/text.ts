import { DETECTORS } from "./detectors.ts";
import { findEncoded, type Work } from "./encoded.ts";
import { findForty } from "./headers.ts";
import { marker } from "./marker.ts";
import { BASE64_TEXT, createPrefilter, RANDOM_TEXT } from "./prefilter.ts";
import { type Span, Spans } from "./spans.ts";
import { Unchanged } from "./unchanged.ts";

/** Strings shorter than this cannot hold a secret that a text rule knows. */
export const MIN_TEXT = 6;

const scan = createPrefilter({ groups: DETECTORS.map((detector) => detector.triggers) });

const clean = new Unchanged();

/** What in `text` is worth a closer look: 0 for nearly every string. */
export function prefilter(text: string): number {
  if (clean.has(text)) return 0;
  const mask = scan(text);
  if (mask === 0) clean.add(text);
  return mask;
}

/** Runs the detectors that `mask`, the answer of `prefilter(text)`, asks for. */
export function findSecrets(text: string, mask: number): Spans {
  return find(text, mask, { layer: 0, bytes: 0, runs: 0 });
}

function find(text: string, mask: number, work: Work): Spans {
  const spans = new Spans();
  for (let i = 0; i < DETECTORS.length; i++) {
    if ((mask & (1 << i)) !== 0 && !spans.full) DETECTORS[i]!.find(text, spans);
  }
  if ((mask & BASE64_TEXT) !== 0) findEncoded(text, spans, look, work);
  if ((mask & RANDOM_TEXT) !== 0) findForty(text, spans);
  return spans;
}

function look(text: string, work: Work): readonly Span[] {
  const mask = prefilter(text);
  if (mask === 0) return [];
  const spans = find(text, mask, work);
  return spans.full ? [{ start: 0, end: text.length, rule: "encoded-limit" }] : spans.joined();
}

export function holdsSecret(text: string): boolean {
  if (text.length < MIN_TEXT) return false;
  const mask = prefilter(text);
  return mask !== 0 && !findSecrets(text, mask).empty;
}

/** `text` with a marker for each secret: for names, which have no place in the sidecar. */
export function withoutSecrets(text: string): string {
  const spans = findSecrets(text, prefilter(text));
  if (spans.full) return marker("fail-closed.text");
  let out = "";
  let done = 0;
  for (const span of spans.joined()) {
    out += text.slice(done, span.start) + marker(span.rule);
    done = span.end;
  }
  return out + text.slice(done);
}
