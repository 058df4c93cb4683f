/** A stretch of a text that a detector wants gone: `[start, end)`, by rule, with the secret itself if it is not that text. */
export interface Span {
  start: number;
  end: number;
  rule: string;
  /** What to fingerprint, for a secret that is written in an encoding; else the stretch itself. */
  secret?: string | Uint8Array;
}

/** More secrets than this in one string: the string goes as a whole, so that no input can make the work grow. */
export const MAX_SPANS = 256;

/** Collects the spans of one string; detectors add in any order, overlaps are joined. */
export class Spans {
  readonly list: Span[] = [];

  get full(): boolean {
    return this.list.length > MAX_SPANS;
  }

  add(start: number, end: number, rule: string, secret?: string | Uint8Array): void {
    if (end <= start || this.full) return;
    this.list.push(secret === undefined ? { start, end, rule } : { start, end, rule, secret });
  }

  /** In text order, without overlaps. Of overlapping spans the first added names the rule; the union goes. */
  joined(): Span[] {
    if (this.list.length < 2) return this.list;
    const order = this.list.map((span, i) => ({ span, i }));
    order.sort((a, b) => a.span.start - b.span.start || a.i - b.i);
    const out: Span[] = [];
    let last: { span: Span; i: number } | undefined;
    for (const { span, i } of order) {
      if (last === undefined || span.start >= last.span.end) {
        last = { span, i };
        out.push(span);
        continue;
      }
      const start = last.span.start;
      const end = Math.max(last.span.end, span.end);
      const winner = i < last.i ? span : last.span;
      const covers = winner.start === start && winner.end === end;
      const joined: Span = { start, end, rule: winner.rule };
      if (covers && winner.secret !== undefined) joined.secret = winner.secret;
      last = { span: joined, i: Math.min(i, last.i) };
      out[out.length - 1] = joined;
    }
    return out;
  }
}
