import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { CLUSTER_DIMENSION, METRIC, METRICS_NAMESPACE, REASON_DIMENSION } from "./metric-names.ts";

export const FIVE_MINUTES = Duration.minutes(5);

/** One metric of one cluster. */
export function ofCluster(
  cluster: string,
  metricName: (typeof METRIC)[keyof typeof METRIC],
  statistic: "Sum" | "Maximum",
  period = FIVE_MINUTES,
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { [CLUSTER_DIMENSION]: cluster },
    statistic,
    period,
  });
}

/** One metric in total, clusters included that nobody has configured: the functions publish it without dimensions too. */
export function ofAllClusters(metricName: (typeof METRIC)[keyof typeof METRIC], statistic: "Sum" | "Maximum"): Metric {
  return new Metric({ namespace: METRICS_NAMESPACE, metricName, statistic, period: FIVE_MINUTES });
}

/** Events dropped by rule, one line for each reason. For dashboards: alarms cannot search. */
export function dropsByReason(cluster: string): MathExpression {
  const dimensions = `${METRICS_NAMESPACE},${CLUSTER_DIMENSION},${REASON_DIMENSION}`;
  return new MathExpression({
    expression: `SEARCH('{${dimensions}} MetricName="${METRIC.dropped}" ${CLUSTER_DIMENSION}="${cluster}"', 'Sum', 300)`,
    usingMetrics: {},
    period: FIVE_MINUTES,
    label: "",
  });
}

/** What a service counts of one of our resources. */
export function ofService(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  statistic: "Sum" | "Maximum" = "Sum",
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period: FIVE_MINUTES });
}
