import { describe, expect, it } from "vitest";
import {
  CLUSTER_METRICS,
  DEFAULT_NAMESPACE,
  REASON_METRICS,
  RECEIVED,
  REPORT_METRICS,
} from "../../functions/metrics.ts";
import { METRIC, METRICS_NAMESPACE } from "../../infra/metric-names.ts";

const written = [RECEIVED, ...[...CLUSTER_METRICS, ...REPORT_METRICS, ...REASON_METRICS].map(({ name }) => name)];

describe("metric names", () => {
  it("of alarms and dashboard are names that the functions write", () => {
    expect(METRICS_NAMESPACE).toBe(DEFAULT_NAMESPACE);
    expect(Object.values(METRIC).filter((name) => !written.includes(name))).toEqual([]);
  });

  it("of drops, which the dashboard splits by reason, have reasons", () => {
    expect(REASON_METRICS.map(({ name }) => name)).toContain(METRIC.dropped);
  });
});
