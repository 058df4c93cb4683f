import { Duration } from "aws-cdk-lib";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import { AuthenticationMethod, SelfManagedKafkaEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { type CollectorContext, CollectorFunction } from "./collector-function.ts";
import type { DeploymentConfig } from "./config/schema.ts";
import type { FailedBucket } from "./failed-bucket.ts";

interface AksIngestProps {
  readonly context: CollectorContext;
  readonly config: NonNullable<DeploymentConfig["aks"]>;
  readonly failed: FailedBucket;
}

/**
 * EXPERIMENTAL. AKS without Azure compute: Lambda reads the event hub by its Kafka endpoint. Nobody is known to have run
 * this pair, and it needs a long-lived key: Lambda speaks SASL/PLAIN only, and Event Hubs takes a connection string
 * there, no Entra token. The Azure Function (Terraform module aks-source) is the way we recommend.
 *
 * The secret, `{"username": "$ConnectionString", "password": "<connection string>"}`, is made by hand in the same
 * Region, with a listen-only rule of the one hub; rotate it with the rule's second key.
 * Source: Azure/azure-event-hubs-for-kafka README; Lambda developer guide, "Self-managed Apache Kafka".
 */
export class AksIngest extends Construct {
  readonly collector: CollectorFunction;

  constructor(scope: Construct, id: string, { context, config, failed }: AksIngestProps) {
    super(scope, id);
    this.collector = new CollectorFunction(this, "Ingest", {
      context,
      function: "aks-kafka",
      description: "ClusterTrail (experimental): AKS audit events from Event Hubs' Kafka endpoint into the lake",
      memoryMiB: 1024,
      // Lambda allows a Kafka consumer 14 minutes; one batch is 6 MB at most.
      timeout: Duration.minutes(3),
      writes: { providers: ["aks"] },
    });
    this.collector.function.addEventSource(
      new SelfManagedKafkaEventSource({
        bootstrapServers: [`${config.namespace}.servicebus.windows.net:9093`],
        topic: config.eventHub,
        consumerGroupId: config.consumerGroup,
        secret: Secret.fromSecretCompleteArn(this, "Connection", config.secretArn),
        // The default would be SCRAM-512, which Event Hubs does not speak.
        authenticationMethod: AuthenticationMethod.BASIC_AUTH,
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 1000,
        maxBatchingWindow: Duration.seconds(20),
        onFailure: failed.destinationFor(this.collector, "*"),
      }),
    );
  }
}
