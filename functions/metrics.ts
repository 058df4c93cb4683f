import { type Report, sumCounts } from "../shared/report.ts";
import type { ClusterCounts } from "./meter.ts";

type Unit = "Count" | "Bytes" | "Milliseconds" | "Seconds";

interface Metric<Of> {
  readonly name: string;
  readonly unit: Unit;
  readonly of: (counts: Of) => number;
}

/** Records that arrived: for each cluster its events; what belongs to no one cluster counts with that. */
export const RECEIVED = "Received";

/** Known for each cluster, however many one invocation carried. */
export const CLUSTER_METRICS: readonly Metric<ClusterCounts>[] = [
  { name: "Redactions", unit: "Count", of: ({ redactions }) => redactions },
  { name: "FailedClosed", unit: "Count", of: ({ failedClosed }) => failedClosed },
  { name: "Truncated", unit: "Count", of: ({ truncated }) => truncated },
  { name: "LagP50", unit: "Milliseconds", of: ({ lag }) => lag.summary().p50 },
  { name: "LagP99", unit: "Milliseconds", of: ({ lag }) => lag.summary().p99 },
  { name: "LagMax", unit: "Milliseconds", of: ({ lag }) => lag.summary().max },
];

/** Known for an invocation as a whole. */
export const REPORT_METRICS: readonly Metric<Report>[] = [
  { name: "Stored", unit: "Count", of: ({ stored }) => stored },
  { name: "AlreadyStored", unit: "Count", of: ({ alreadyStored }) => alreadyStored },
  { name: "Dropped", unit: "Count", of: ({ dropped }) => sumCounts(dropped) },
  { name: "Skipped", unit: "Count", of: ({ skipped }) => sumCounts(skipped) },
  { name: "Quarantined", unit: "Count", of: ({ quarantined }) => sumCounts(quarantined) },
  { name: "Objects", unit: "Count", of: ({ objects }) => objects },
  { name: "BytesIn", unit: "Bytes", of: ({ bytesIn }) => bytesIn },
  { name: "BytesOut", unit: "Bytes", of: ({ bytesOut }) => bytesOut },
  { name: "Duration", unit: "Seconds", of: ({ seconds }) => seconds },
];

/** The lake refused a write; the source delivers again. */
export const STORAGE_FAILURES = "StorageFailures";

/** Also published with the dimensions `cluster` and `reason`. */
export const REASON_METRICS: readonly {
  readonly name: string;
  readonly of: (report: Report) => Record<string, number>;
}[] = [
  { name: "Dropped", of: ({ dropped }) => dropped },
  { name: "Skipped", of: ({ skipped }) => skipped },
  { name: "Quarantined", of: ({ quarantined }) => quarantined },
];

/** The value of the dimension `cluster` for numbers that belong to no one cluster. */
export const NO_ONE_CLUSTER = "(several)";

export const DEFAULT_NAMESPACE = "ClusterTrail";

export type Clusters = ReadonlyMap<string, ClusterCounts>;

/** How a host says what it did: lines for its log. */
export interface ReportFormat {
  readonly report: (report: Report, clusters: Clusters) => string[];
  /** @param reason holds no content of a record. */
  readonly failure: (reason: string) => string[];
}

/**
 * CloudWatch's embedded metric format: Lambda's log lines become metrics without a call. Every metric is published by
 * cluster and in total; those with reasons also by cluster and reason.
 * Source: Amazon CloudWatch user guide, "Specification: Embedded metric format".
 */
export function embeddedMetrics(namespace: string, now: () => number = Date.now): ReportFormat {
  const line = (dimensions: Record<string, string>, sets: string[][], metrics: Published[], more: object = {}) =>
    JSON.stringify({
      _aws: {
        Timestamp: now(),
        CloudWatchMetrics: [
          {
            Namespace: namespace,
            Dimensions: sets,
            Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
          },
        ],
      },
      ...dimensions,
      ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
      ...more,
    });
  const byCluster = (cluster: string, metrics: Published[], more?: object) =>
    line({ cluster: dimensionValue(cluster) }, [["cluster"], []], metrics, more);
  return {
    report(report, clusters) {
      const whole = publish(REPORT_METRICS, report);
      const { dropped, skipped, quarantined } = report;
      const detail = { report: { dropped, skipped, quarantined } };
      const only = clusters.size === 1 ? [...clusters][0] : undefined;
      const name = only?.[0] ?? NO_ONE_CLUSTER;
      const lines: string[] = [];
      if (only !== undefined) {
        lines.push(
          byCluster(name, [received(report.received), ...publish(CLUSTER_METRICS, only[1]), ...whole], detail),
        );
      } else {
        let rest = report.received;
        for (const [cluster, counts] of clusters) {
          rest -= counts.events;
          lines.push(byCluster(cluster, [received(counts.events), ...publish(CLUSTER_METRICS, counts)]));
        }
        // Never negative: an event that the pipeline withheld after the redactor had seen it is still received.
        lines.push(byCluster(NO_ONE_CLUSTER, [received(Math.max(0, rest)), ...whole], detail));
      }
      for (const { name: metric, of } of REASON_METRICS) {
        for (const [reason, value] of Object.entries(of(report))) {
          const dimensions = { cluster: dimensionValue(name), reason: dimensionValue(reason) };
          lines.push(line(dimensions, [["cluster", "reason"]], [{ name: metric, unit: "Count", value }]));
        }
      }
      return lines;
    },
    failure: (reason) => [
      byCluster(NO_ONE_CLUSTER, [{ name: STORAGE_FAILURES, unit: "Count", value: 1 }], { level: "ERROR", reason }),
    ],
  };
}

/**
 * One JSON object a line, as Cloud Logging reads it (`severity` and `message` are its special fields) and as
 * Application Insights keeps it. Log-based metrics take their numbers from `report` and `clusters`.
 * Source: cloud.google.com/logging/docs/structured-logging
 */
export const structuredLog: ReportFormat = {
  report(report, clusters) {
    const troubled = sumCounts(report.quarantined) > 0 || report.failedClosed > 0;
    return [
      JSON.stringify({
        severity: troubled ? "WARNING" : "INFO",
        message: `clustertrail: ${report.received} received, ${report.stored} stored`,
        report,
        clusters: [...clusters].map(([cluster, counts]) => ({
          cluster,
          received: counts.events,
          ...Object.fromEntries(CLUSTER_METRICS.map(({ name, of }) => [lowerFirst(name), of(counts)])),
        })),
      }),
    ];
  },
  failure: (reason) => [
    JSON.stringify({ severity: "ERROR", message: "clustertrail: not stored, will be delivered again", reason }),
  ],
};

// --- Internal helpers ---

interface Published {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
}

function publish<Of>(metrics: readonly Metric<Of>[], counts: Of): Published[] {
  return metrics.map(({ name, unit, of }) => ({ name, unit, value: of(counts) }));
}

function received(value: number): Published {
  return { name: RECEIVED, unit: "Count", value };
}

/** CloudWatch takes 1 to 1024 printable ASCII characters, and no colon in front. */
function dimensionValue(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, "?").slice(0, 250);
  return printable.trim() === "" || printable.startsWith(":") ? `_${printable}` : printable;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
