import { Duration, Stack } from "aws-cdk-lib";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { type CollectorContext, CollectorFunction } from "./collector-function.ts";
import type { ClusterConfig } from "./config/schema.ts";
import type { FailedBucket } from "./failed-bucket.ts";

/**
 * A term, quoted because of its dots: every audit event has it in its first bytes, complete or cut. Never a JSON pattern
 * such as `{ $.kind = "Event" }`: that matches only what parses, so it would drop exactly the events that were too long
 * and arrive cut, without a trace. The group's other logs (API server, scheduler) do not contain it.
 */
export const AUDIT_FILTER_PATTERN = '"audit.k8s.io"';

/** CloudWatch names a subscription by it in its delivery metrics. */
export const FILTER_NAME = "clustertrail";

/** EKS user guide, "Send control plane logs to CloudWatch Logs". */
export const auditLogGroup = (cluster: string) => `/aws/eks/${cluster}/cluster`;

interface EksIngestProps {
  readonly context: CollectorContext;
  readonly clusters: readonly ClusterConfig[];
  readonly failed: FailedBucket;
}

/** EKS audit logs: CloudWatch Logs hands what the filters match to one function, asynchronously. */
export class EksIngest extends Construct {
  readonly collector: CollectorFunction;

  constructor(scope: Construct, id: string, { context, clusters, failed }: EksIngestProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    this.collector = new CollectorFunction(this, "Ingest", {
      context,
      function: "eks-ingest",
      description: "ClusterTrail: EKS audit events from CloudWatch Logs into the lake",
      // A compressed payload of nearly 1 MB can be 20 MB of JSON, parsed and encoded again.
      memoryMiB: 1024,
      timeout: Duration.minutes(3),
      writes: { providers: ["eks"] },
    });
    this.collector.function.configureAsyncInvoke({
      // CloudWatch Logs counts a payload as delivered once Lambda has queued it: from there on this is the only retry.
      maxEventAge: Duration.hours(6),
      retryAttempts: 2,
      onFailure: failed.destinationFor(this.collector, `async/${this.collector.functionName}/*`),
    });
    const permission = new CfnPermission(this, "CloudWatchLogsInvokes", {
      action: "lambda:InvokeFunction",
      // By name, so that the statement does not depend on which function bears it.
      functionName: this.collector.functionName,
      principal: "logs.amazonaws.com",
      sourceAccount: account,
      // One statement for all clusters: a function's policy is limited to 20 KB, and new clusters need no new one.
      sourceArn: `arn:${partition}:logs:${region}:${account}:log-group:/aws/eks/*:*`,
    });
    // Whatever moves in this code, the resource stays the same one: a permission that is deleted and made anew is, for
    // some minutes, missing, and CloudWatch Logs skips what it is refused.
    permission.overrideLogicalId("EksCloudWatchLogsInvokes");
    permission.node.addDependency(this.collector.function);
    for (const { name } of clusters) {
      const filter = new CfnSubscriptionFilter(this, `Filter-${name}`, {
        filterName: FILTER_NAME,
        logGroupName: auditLogGroup(name),
        filterPattern: AUDIT_FILTER_PATTERN,
        destinationArn: `arn:${partition}:lambda:${region}:${account}:function:${this.collector.functionName}`,
      });
      filter.node.addDependency(permission);
    }
  }
}
