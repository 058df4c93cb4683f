import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { AlarmTopic } from "./alarm-topic.ts";
import type { CollectorFunction } from "./collector-function.ts";
import type { ClusterConfig, Config } from "./config/schema.ts";
import { auditLogGroup, FILTER_NAME } from "./eks-ingest.ts";
import { METRIC } from "./metric-names.ts";
import { ofAllClusters, ofCluster, ofService } from "./metrics.ts";

export interface Watched {
  readonly topic: AlarmTopic;
  readonly config: Config["alarms"];
  /** Every function of the stack. */
  readonly functions: readonly CollectorFunction[];
  /** Those that are invoked asynchronously: Lambda may give up on their events. */
  readonly asynchronous: readonly CollectorFunction[];
  readonly eksClusters: readonly ClusterConfig[];
  /** All clusters that should be heard of. */
  readonly clusters: readonly ClusterConfig[];
  readonly queue?: { readonly main: Queue; readonly deadLetters: Queue } | undefined;
  /** EventBridge's rule for new objects among the failed deliveries. */
  readonly failedRule: string;
}

interface AlarmRule {
  readonly id: string;
  readonly metric: IMetric;
  /** Goes off above it. */
  readonly above: number;
  /** 5-minute periods in a row; 1 when absent. */
  readonly periods?: number;
  readonly text: string;
}

/** All alarms. Those that count a loss go off at the first; missing data is fine for all but silence. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    const rules = [
      ...watched.functions.flatMap(functionRules),
      ...watched.asynchronous.flatMap(asynchronousRules),
      ...watched.eksClusters.map(subscriptionRule),
      ...queueRules(watched.queue),
      ...pipelineRules(watched.config),
      {
        id: "Failed",
        metric: ofService("AWS/Events", "TriggeredRules", { RuleName: watched.failedRule }),
        above: 0,
        text: "a delivery failed for good and waits in the bucket for failed deliveries: redrive takes it from there",
      },
    ];
    for (const { id: name, metric, above, periods, text } of rules) {
      watched.topic.watch(
        new Alarm(this, name, {
          alarmDescription: `ClusterTrail: ${text}`,
          metric,
          threshold: above,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          evaluationPeriods: periods ?? 1,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }),
      );
    }
    for (const cluster of watched.clusters) watched.topic.watch(this.#silence(cluster, watched.config));
  }

  /** No data at all is the very thing to notice: a filter that was removed, logging that was turned off. */
  #silence({ name, silenceMinutes }: ClusterConfig, config: Config["alarms"]): Alarm {
    const minutes = silenceMinutes ?? config.silenceMinutes;
    return new Alarm(this, `Silence-${name}`, {
      alarmDescription: `ClusterTrail: nothing was received of cluster ${name} for ${minutes} minutes`,
      metric: ofCluster(name, METRIC.received, "Sum", Duration.minutes(minutes)),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}

// --- Rules ---

function functionRules({ functionName }: CollectorFunction): AlarmRule[] {
  const metric = (name: string) => ofService("AWS/Lambda", name, { FunctionName: functionName });
  return [
    { id: `Errors-${functionName}`, metric: metric("Errors"), above: 0, text: `${functionName} failed` },
    { id: `Throttles-${functionName}`, metric: metric("Throttles"), above: 0, text: `${functionName} was throttled` },
  ];
}

function asynchronousRules({ functionName }: CollectorFunction): AlarmRule[] {
  const metric = (name: string) => ofService("AWS/Lambda", name, { FunctionName: functionName });
  return [
    {
      id: `Dropped-${functionName}`,
      metric: metric("AsyncEventsDropped"),
      above: 0,
      text: `Lambda gave up on deliveries to ${functionName}`,
    },
    {
      id: `Lost-${functionName}`,
      metric: metric("DestinationDeliveryFailures"),
      above: 0,
      text: `a failed delivery to ${functionName} could not be kept either: it is lost`,
    },
  ];
}

function subscriptionRule({ name }: ClusterConfig): AlarmRule {
  return {
    id: `DeliveryErrors-${name}`,
    metric: ofService("AWS/Logs", "DeliveryErrors", {
      LogGroupName: auditLogGroup(name),
      DestinationType: "Lambda",
      FilterName: FILTER_NAME,
    }),
    above: 0,
    text: `CloudWatch Logs could not deliver audit logs of cluster ${name}, and skips what it is refused`,
  };
}

function queueRules(queue: Watched["queue"]): AlarmRule[] {
  if (queue === undefined) return [];
  const metric = (of: Queue, name: string) => ofService("AWS/SQS", name, { QueueName: of.queueName }, "Maximum");
  return [
    {
      id: "DeadLetters",
      metric: metric(queue.deadLetters, "ApproximateNumberOfMessagesVisible"),
      above: 0,
      text: "GKE audit entries were given up after ten attempts and wait in the dead-letter queue",
    },
    {
      id: "QueueAge",
      metric: metric(queue.main, "ApproximateAgeOfOldestMessage"),
      above: 900,
      text: "GKE audit entries wait in the queue for more than 15 minutes",
    },
  ];
}

function pipelineRules({ lagP99Seconds }: Config["alarms"]): AlarmRule[] {
  return [
    {
      id: "Quarantine",
      metric: ofAllClusters(METRIC.quarantined, "Sum"),
      above: 0,
      text: "records could not become events; their raw bytes are in quarantine",
    },
    {
      id: "FailedClosed",
      metric: ofAllClusters(METRIC.failedClosed, "Sum"),
      above: 0,
      text: "redaction could not vouch for bodies and withheld them whole",
    },
    {
      id: "Lag",
      metric: ofAllClusters(METRIC.lagP99, "Maximum"),
      above: lagP99Seconds * 1000,
      periods: 3,
      text: `one event in a hundred arrives more than ${lagP99Seconds} seconds late`,
    },
  ];
}
