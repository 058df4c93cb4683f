import { describe, expect, it } from "vitest";
import { ofType, type Stack } from "./synth.ts";

interface AlarmExpectation {
  readonly metric: string;
  readonly dimensions?: Record<string, string>;
  readonly threshold: number;
  readonly missing: "breaching" | "notBreaching";
}

const ABOVE_ZERO = { threshold: 0, missing: "notBreaching" } as const;

const EXPECTED: readonly AlarmExpectation[] = [
  ...["eks-ingest", "gke-endpoint", "gke-batch", "aks-kafka", "webhook", "redrive"].flatMap((name) =>
    ["Errors", "Throttles"].map((metric) => ({ metric, dimensions: { FunctionName: `trail-${name}` }, ...ABOVE_ZERO })),
  ),
  ...["AsyncEventsDropped", "DestinationDeliveryFailures"].map((metric) => ({
    metric,
    dimensions: { FunctionName: "trail-eks-ingest" },
    ...ABOVE_ZERO,
  })),
  ...["production", "staging"].map((cluster) => ({
    metric: "DeliveryErrors",
    dimensions: { LogGroupName: `/aws/eks/${cluster}/cluster`, DestinationType: "Lambda", FilterName: "clustertrail" },
    ...ABOVE_ZERO,
  })),
  { metric: "TriggeredRules", ...ABOVE_ZERO },
  { metric: "ApproximateNumberOfMessagesVisible", ...ABOVE_ZERO },
  { metric: "Quarantined", dimensions: {}, ...ABOVE_ZERO },
  { metric: "FailedClosed", dimensions: {}, ...ABOVE_ZERO },
  { metric: "LagP99", dimensions: {}, threshold: 60_000, missing: "notBreaching" },
  ...["production", "staging", "gke-one", "aks-one", "on-premises"].map((cluster) => ({
    metric: "Received",
    dimensions: { cluster },
    threshold: 1,
    missing: "breaching" as const,
  })),
];

// biome-ignore lint/suspicious/noExplicitAny: template
const dimensionsOf = (alarm: any): Record<string, unknown> =>
  Object.fromEntries(
    (alarm.Dimensions ?? []).map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
  );

export function describeEyes(stack: Stack): void {
  describe("eyes", () => {
    const alarms = ofType(stack, "AWS::CloudWatch::Alarm").map(([, alarm]) => alarm);

    it.each(EXPECTED)("alarm on $metric $dimensions", ({ metric, dimensions, threshold, missing }) => {
      const found = alarms.filter(
        (alarm) =>
          alarm.MetricName === metric &&
          (dimensions === undefined ||
            JSON.stringify(sorted(dimensionsOf(alarm))) === JSON.stringify(sorted(dimensions))),
      );
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ Threshold: threshold, TreatMissingData: missing });
    });

    it("every alarm tells the topic when it begins and when it ends", () => {
      const [[topic]] = ofType(stack, "AWS::SNS::Topic") as [[string, unknown]];
      for (const alarm of alarms) {
        expect(alarm.AlarmActions).toEqual([{ Ref: topic }]);
        expect(alarm.OKActions).toEqual([{ Ref: topic }]);
      }
      stack.template.hasResourceProperties("AWS::SNS::Subscription", {
        Endpoint: "security@example.com",
        Protocol: "email",
      });
    });

    it("a cluster may be silent for as long as its configuration says", () => {
      const period = (cluster: string) =>
        alarms.find((alarm) => alarm.MetricName === "Received" && dimensionsOf(alarm)["cluster"] === cluster).Period;
      expect(period("production")).toBe(3600);
      expect(period("staging")).toBe(14400);
    });

    it("the dashboard has a row for each cluster", () => {
      const [[, dashboard]] = ofType(stack, "AWS::CloudWatch::Dashboard") as [[string, { DashboardBody: unknown }]];
      const body = JSON.stringify(dashboard.DashboardBody);
      for (const cluster of ["production", "staging", "gke-one", "aks-one", "on-premises"]) {
        expect(body).toContain(`## ${cluster}`);
      }
      for (const title of ["Events", "Lag (ms)", "Bytes", "Redactions", "Quarantine", "Drops by reason"]) {
        expect(body.split(`\\"title\\":\\"${title}\\"`)).toHaveLength(6);
      }
    });
  });
}

const sorted = (record: Record<string, unknown>) => Object.entries(record).sort(([a], [b]) => a.localeCompare(b));
