import type { AuditEvent, Redaction } from "../shared/event.ts";
import { NO_TIME } from "../shared/normalise.ts";
import type { Redactor } from "../shared/redact/redactor.ts";
import { LagHistogram } from "../shared/report.ts";
import { epochMs } from "../shared/time.ts";

/** What passed for one cluster. */
export interface ClusterCounts {
  events: number;
  redactions: number;
  /** Events with a body that the redactor could not vouch for and replaced whole. */
  failedClosed: number;
  truncated: number;
  readonly lag: LagHistogram;
}

/** More clusters than this in one invocation are counted together, so that no sender can make metrics without end. */
const MAX_CLUSTERS = 100;
export const OTHER_CLUSTERS = "(other)";

/**
 * Counts events by cluster as they pass the redactor, which sees each event once. A report adds up whatever came in one
 * invocation; whether one cluster has gone silent shows only here.
 */
export class ClusterMeter implements Redactor {
  readonly clusters = new Map<string, ClusterCounts>();
  readonly #inner: Redactor;
  readonly #nowMs: number;

  /** @param nowMs the host's clock, for the lag of records without a delivery time. */
  constructor(inner: Redactor, nowMs: number) {
    this.#inner = inner;
    this.#nowMs = nowMs;
  }

  redact(event: AuditEvent): Redaction[] | undefined {
    const redactions = this.#inner.redact(event);
    const counts = this.#countsOf(event.cluster.name);
    counts.events++;
    if (event.ingest.truncated !== undefined) counts.truncated++;
    if (redactions !== undefined) {
      counts.redactions += redactions.length;
      if (redactions.some(({ rule }) => rule.startsWith("fail-closed"))) counts.failedClosed++;
    }
    const { delivered } = event.ingest;
    if (event.time !== NO_TIME) {
      counts.lag.add((delivered === undefined ? this.#nowMs : epochMs(delivered)) - epochMs(event.time));
    }
    return redactions;
  }

  #countsOf(cluster: string): ClusterCounts {
    let counts = this.clusters.get(cluster);
    if (counts !== undefined) return counts;
    const name = this.clusters.size < MAX_CLUSTERS ? cluster : OTHER_CLUSTERS;
    counts = this.clusters.get(name) ?? {
      events: 0,
      redactions: 0,
      failedClosed: 0,
      truncated: 0,
      lag: new LagHistogram(),
    };
    this.clusters.set(name, counts);
    return counts;
  }
}
