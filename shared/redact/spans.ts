/** A stretch of a text that a detector wants gone: `[start, end)`, by rule, with the secret itself if it is not that text. */
export interface Span {
  start: number;
  end: number;
  rule: string;
  /** What to fingerprint, for a secret that is written in an encoding; else the stretch itself. */
  secret?: string | Uint8Array;
}

/** More secrets than this in one string, and the string goes as a whole. */
const MAX_SPANS = 256;

/** So does a string with more places to look at than this: a few milliseconds of work, and no honest text has as many. */
const MAX_CANDIDATES = 2048;

/** Collects the spans of one string; detectors add in any order, overlaps are joined. */
export class Spans {
  readonly list: Span[] = [];
  private candidates = 0;

  /** Too much: nothing more is looked for, and the string has to go as a whole. */
  get full(): boolean {
    return this.list.length > MAX_SPANS || this.candidates > MAX_CANDIDATES;
  }

  /** Nothing to take out. */
  get empty(): boolean {
    return this.list.length === 0 && this.candidates <= MAX_CANDIDATES;
  }

  /** Counts a place that a detector looks at; false if there were too many. */
  look(): boolean {
    return ++this.candidates <= MAX_CANDIDATES;
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
