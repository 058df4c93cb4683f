import type { Report } from "./report.ts";
import { addCount, LagHistogram, sumCounts } from "./report.ts";

/** What the lake writer did; see lake/writer.ts. */
export interface WriterStats {
  stored: number;
  alreadyStored: number;
  objects: number;
  bytesOut: number;
}

/** Counts while an ingest runs. One may serve several ingests (all files of a command): the report adds up. */
export class Tally {
  received = 0;
  truncated = 0;
  redactions = 0;
  failedClosed = 0;
  bytesIn = 0;
  readonly dropped: Record<string, number> = {};
  readonly skipped: Record<string, number> = {};
  readonly quarantined: Record<string, number> = {};
  readonly lag = new LagHistogram();
  readonly #written: WriterStats = { stored: 0, alreadyStored: 0, objects: 0, bytesOut: 0 };

  skip(reason: string): void {
    addCount(this.skipped, reason);
  }

  quarantine(reason: string, count = 1): void {
    addCount(this.quarantined, reason, count);
  }

  addWritten(stats: WriterStats): void {
    this.#written.stored += stats.stored;
    this.#written.alreadyStored += stats.alreadyStored;
    this.#written.objects += stats.objects;
    this.#written.bytesOut += stats.bytesOut;
  }

  /** Adds what another tally counted. */
  merge(other: Tally): void {
    for (const key of ["received", "truncated", "redactions", "failedClosed", "bytesIn"] as const)
      this[key] += other[key];
    for (const key of ["dropped", "skipped", "quarantined"] as const) {
      for (const [name, count] of Object.entries(other[key])) addCount(this[key], name, count);
    }
    this.lag.merge(other.lag);
    this.addWritten(other.#written);
  }

  /** @param seconds wall time of the work, from the caller's clock. */
  report(seconds: number): Report {
    const { stored, alreadyStored, objects, bytesOut } = this.#written;
    return {
      received: this.received,
      stored,
      alreadyStored,
      dropped: { ...this.dropped },
      skipped: { ...this.skipped },
      quarantined: { ...this.quarantined },
      truncated: this.truncated,
      redactions: this.redactions,
      failedClosed: this.failedClosed,
      objects,
      bytesIn: this.bytesIn,
      bytesOut,
      lagMs: this.lag.summary(),
      seconds,
    };
  }

  /**
   * After storage failed: records that were read but not acknowledged by the lake are no longer counted as received;
   * the source delivers them again.
   */
  forgetUnwritten(): void {
    const { stored, alreadyStored } = this.#written;
    this.received =
      stored + alreadyStored + sumCounts(this.dropped) + sumCounts(this.skipped) + sumCounts(this.quarantined);
  }
}
