/** What an ingest did, as numbers. `received = stored + alreadyStored + sum(dropped) + sum(skipped) + sum(quarantined)`. */
export interface Report {
  received: number;
  stored: number;
  /** Events whose object was there already, and repeats inside one object. */
  alreadyStored: number;
  dropped: Record<string, number>;
  skipped: Record<string, number>;
  quarantined: Record<string, number>;
  /** Events stored without everything the API server wrote; they count under stored or alreadyStored too. */
  truncated: number;
  redactions: number;
  /** Events whose bodies were replaced whole because the redactor could not vouch for them. */
  failedClosed: number;
  objects: number;
  bytesIn: number;
  bytesOut: number;
  /** Delivery time minus event time, milliseconds, of the events whose source gives a delivery time. */
  lagMs: { p50: number; p99: number; max: number };
  seconds: number;
}

export function addCount(counts: Record<string, number>, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

export function sumCounts(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** True when some input did not become events: what the command line answers with exit code 3. */
export function isPartial(report: Report): boolean {
  return sumCounts(report.quarantined) > 0;
}

/**
 * Lags in logarithmic classes (each 2 % wider than the last), so that a million of them take a few kilobytes and two
 * runs can be added up. A quantile is the upper bound of its class: at most 2 % too high, never too low.
 */
export class LagHistogram {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #max = 0;

  /** @param ms negative lags (clock skew between API server and source) count as 0. */
  add(ms: number): void {
    const lag = Math.max(0, ms);
    const index = lag < 1 ? 0 : 1 + Math.floor(Math.log(lag) / STEP);
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + 1);
    this.#total++;
    if (lag > this.#max) this.#max = lag;
  }

  merge(other: LagHistogram): void {
    for (const [index, count] of other.#counts) this.#counts.set(index, (this.#counts.get(index) ?? 0) + count);
    this.#total += other.#total;
    if (other.#max > this.#max) this.#max = other.#max;
  }

  /** Milliseconds; all 0 when nothing was added. */
  summary(): { p50: number; p99: number; max: number } {
    return { p50: this.#quantile(0.5), p99: this.#quantile(0.99), max: this.#max };
  }

  #quantile(q: number): number {
    let left = Math.ceil(q * this.#total);
    for (const index of [...this.#counts.keys()].sort((a, b) => a - b)) {
      left -= this.#counts.get(index)!;
      if (left <= 0) return index === 0 ? 0 : Math.min(this.#max, Math.ceil(Math.exp(index * STEP)));
    }
    return 0;
  }
}

const STEP = Math.log(1.02);
