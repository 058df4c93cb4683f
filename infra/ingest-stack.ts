import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import { AccessLogs } from "./access-logs.ts";
import { AksIngest } from "./aks-ingest.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { Alarms } from "./alarms.ts";
import type { CollectorContext, CollectorFunction } from "./collector-function.ts";
import type { Config, DeploymentConfig } from "./config/schema.ts";
import { Eyes } from "./dashboard.ts";
import { EksIngest } from "./eks-ingest.ts";
import { FailedBucket } from "./failed-bucket.ts";
import type { FunctionAssets } from "./function-assets.ts";
import { GkeIngest } from "./gke-ingest.ts";
import { publish } from "./publish.ts";
import { Redrive } from "./redrive.ts";
import { Webhook } from "./webhook.ts";
import type { LakeReference } from "./writer-access.ts";

interface IngestProps extends StackProps {
  readonly config: Config;
  readonly deployment: DeploymentConfig;
  readonly lake: LakeReference;
  readonly assets: FunctionAssets;
}

/** The collectors of one account and Region, and what watches them. */
export class IngestStack extends Stack {
  constructor(scope: Construct, id: string, { config, deployment, lake, assets, ...props }: IngestProps) {
    super(scope, id, props);
    const { name } = config;
    const { eks, gke, aks, webhook } = deployment;
    const rawKey = new Key(this, "RawKey", {
      description: "ClusterTrail: records on their way, not redacted yet",
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const failed = new FailedBucket(this, "Failed", {
      key: rawKey,
      accessLogs: new AccessLogs(this, "AccessLogs", { days: config.lake.accessLogDays }),
      lifecycle: config.lake.lifecycle,
    });
    const context: CollectorContext = {
      name,
      assets,
      lake,
      logRetentionDays: config.logRetentionDays,
      fingerprintSecretArn: deployment.fingerprintSecretArn,
    };
    const functions: CollectorFunction[] = [];
    const asynchronous: CollectorFunction[] = [];

    if (eks !== undefined) {
      const { collector } = new EksIngest(this, "Eks", { context, clusters: eks.clusters, failed });
      functions.push(collector);
      asynchronous.push(collector);
    }
    const gkeIngest = gke === undefined ? undefined : new GkeIngest(this, "Gke", { context, config: gke, rawKey });
    if (gkeIngest !== undefined) {
      functions.push(gkeIngest.endpoint, gkeIngest.batch);
      publish(this, name, "gke/endpoint-url", gkeIngest.url.url, "Push endpoint for the Pub/Sub subscription");
    }
    if (aks !== undefined) {
      functions.push(new AksIngest(this, "AksExperimental", { context, config: aks, failed }).collector);
      publish(this, name, "aks/status", "experimental", "The Kafka way to AKS was never tried against Azure");
    }
    if (webhook !== undefined) {
      const { collector, url, token } = new Webhook(this, "Webhook", { context, rawKey });
      functions.push(collector);
      publish(this, name, "webhook/url", url.url, "Where API servers post their audit events");
      publish(this, name, "webhook/token-secret-arn", token.secretArn, "The bearer token for it");
    }
    if (eks !== undefined || aks !== undefined) {
      const everyHours = deployment.redriveHours;
      const { collector } = new Redrive(this, "Redrive", { context, failed, rawKey, everyHours });
      functions.push(collector);
      asynchronous.push(collector);
      publish(
        this,
        name,
        "failed/url",
        `s3://${failed.bucket.bucketName}`,
        "Failed deliveries, for clustertrail redrive",
      );
    }

    const topic = new AlarmTopic(this, "Alerts", { key: rawKey, emails: config.alarms.emails });
    const clusters = [eks, gke, aks, webhook].flatMap((source) => source?.clusters ?? []);
    const failedRule = new Rule(this, "FailedDelivery", {
      description: "ClusterTrail: a delivery failed for good",
      eventPattern: {
        source: ["aws.s3"],
        detailType: ["Object Created"],
        detail: { bucket: { name: [failed.bucket.bucketName] } },
      },
      // Says which object, as an alarm cannot.
      targets: [new SnsTopic(topic.topic)],
    });
    new Alarms(this, "Alarms", {
      topic,
      config: config.alarms,
      functions,
      asynchronous,
      eksClusters: eks?.clusters ?? [],
      clusters,
      failedRule: failedRule.ruleName,
      queue: gkeIngest === undefined ? undefined : { main: gkeIngest.queue, deadLetters: gkeIngest.deadLetters },
    });
    new Eyes(this, "Eyes", { dashboardName: `${name}-${deployment.region}`, clusters, functions });
    publish(this, name, "alarms/topic-arn", topic.topic.topicArn, "Every alarm is published here");
  }
}
