/**
 * The metrics that the functions write (embedded metric format), for alarms and the dashboard. The functions have the
 * same table; a test compares the two, because infrastructure imports no code.
 */
export const METRICS_NAMESPACE = "ClusterTrail";

/** The dimension that every metric is published by; in total, without it, too. */
export const CLUSTER_DIMENSION = "cluster";

/** The second dimension of what is counted under a name. */
export const REASON_DIMENSION = "reason";

export const METRIC = {
  received: "Received",
  stored: "Stored",
  alreadyStored: "AlreadyStored",
  dropped: "Dropped",
  skipped: "Skipped",
  quarantined: "Quarantined",
  truncated: "Truncated",
  redactions: "Redactions",
  failedClosed: "FailedClosed",
  bytesIn: "BytesIn",
  bytesOut: "BytesOut",
  lagP50: "LagP50",
  lagP99: "LagP99",
  objects: "Objects",
} as const;
