import type { IMetric, IWidget } from "aws-cdk-lib/aws-cloudwatch";
import { Dashboard, GraphWidget, TextWidget } from "aws-cdk-lib/aws-cloudwatch";
import { Construct } from "constructs";
import type { CollectorFunction } from "./collector-function.ts";
import type { ClusterConfig } from "./config/schema.ts";
import { METRIC } from "./metric-names.ts";
import { dropsByReason, ofCluster, ofService } from "./metrics.ts";

interface EyesProps {
  readonly dashboardName: string;
  readonly clusters: readonly ClusterConfig[];
  readonly functions: readonly CollectorFunction[];
}

/** CloudWatch's grid is 24 columns wide: six graphs a row. */
const WIDTH = 4;
const HEIGHT = 5;

/** What one looks at: the functions on top, then a row for each cluster. */
export class Eyes extends Construct {
  constructor(scope: Construct, id: string, { dashboardName, clusters, functions }: EyesProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, "Dashboard", { dashboardName });
    dashboard.addWidgets(
      ...["Invocations", "Errors", "Throttles", "Duration"].map((name) => lambdaGraph(name, functions)),
    );
    for (const { name } of clusters) {
      dashboard.addWidgets(new TextWidget({ markdown: `## ${name}`, width: 24, height: 1 }));
      dashboard.addWidgets(...clusterRow(name));
    }
  }
}

// --- Internal helpers ---

function lambdaGraph(metricName: string, functions: readonly CollectorFunction[]): IWidget {
  const left = functions.map(({ functionName }) =>
    ofService(
      "AWS/Lambda",
      metricName,
      { FunctionName: functionName },
      metricName === "Duration" ? "Maximum" : "Sum",
    ).with({ label: functionName }),
  );
  return new GraphWidget({ title: metricName, left, width: 6, height: HEIGHT });
}

function clusterRow(cluster: string): IWidget[] {
  const sum = (name: (typeof METRIC)[keyof typeof METRIC]) => ofCluster(cluster, name, "Sum").with({ label: name });
  const max = (name: (typeof METRIC)[keyof typeof METRIC]) => ofCluster(cluster, name, "Maximum").with({ label: name });
  const rows: [title: string, metrics: IMetric[]][] = [
    ["Events", [sum(METRIC.received), sum(METRIC.stored), sum(METRIC.alreadyStored)]],
    ["Lag (ms)", [max(METRIC.lagP50), max(METRIC.lagP99)]],
    ["Bytes", [sum(METRIC.bytesIn), sum(METRIC.bytesOut)]],
    ["Redactions", [sum(METRIC.redactions), sum(METRIC.failedClosed)]],
    ["Quarantine", [sum(METRIC.quarantined), sum(METRIC.truncated), sum(METRIC.skipped)]],
    ["Drops by reason", [dropsByReason(cluster)]],
  ];
  return rows.map(([title, left]) => new GraphWidget({ title, left, width: WIDTH, height: HEIGHT }));
}
