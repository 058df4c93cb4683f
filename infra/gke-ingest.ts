import { Duration } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type FunctionUrl, FunctionUrlAuthType } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { type CollectorContext, CollectorFunction } from "./collector-function.ts";
import type { DeploymentConfig } from "./config/schema.ts";

interface GkeIngestProps {
  readonly context: CollectorContext;
  readonly config: NonNullable<DeploymentConfig["gke"]>;
  /** Encrypts the queues: what waits in them is not redacted yet. */
  readonly rawKey: IKey;
}

const BATCH_TIMEOUT = Duration.minutes(2);
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** As long as SQS can: time to find out what is wrong. */
const DEAD_LETTER_RETENTION = Duration.days(14);

/**
 * GKE without Google compute: Pub/Sub pushes to a function URL, which looks at the OIDC token before anything else and
 * puts the body in a queue; a second function takes many at a time, because one object for each push would be a lake of
 * tiny files.
 */
export class GkeIngest extends Construct {
  readonly endpoint: CollectorFunction;
  readonly batch: CollectorFunction;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly url: FunctionUrl;

  constructor(scope: Construct, id: string, { context, config, rawKey }: GkeIngestProps) {
    super(scope, id);
    this.deadLetters = new Queue(this, "DeadLetters", {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: rawKey,
      enforceSSL: true,
      retentionPeriod: DEAD_LETTER_RETENTION,
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    });
    this.queue = new Queue(this, "Queue", {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: rawKey,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
      // Lambda developer guide: six times the function's timeout, and the batching window on top.
      visibilityTimeout: Duration.seconds(BATCH_TIMEOUT.toSeconds() * 6 + config.batchSeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
    });
    this.endpoint = this.#endpoint(context, config, rawKey);
    // IAM cannot check Google's tokens; the function does (signature, issuer, audience, e-mail, times).
    this.url = this.endpoint.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    this.batch = new CollectorFunction(this, "Batch", {
      context,
      function: "gke-batch",
      description: "ClusterTrail: queued GKE audit entries into the lake, many at a time",
      memoryMiB: 1024,
      timeout: BATCH_TIMEOUT,
      writes: { providers: ["gke"] },
    });
    this.batch.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: config.batchSeconds === 0 ? 10 : 1000,
        maxBatchingWindow: Duration.seconds(config.batchSeconds),
        reportBatchItemFailures: true,
      }),
    );
  }

  #endpoint(context: CollectorContext, config: GkeIngestProps["config"], rawKey: IKey): CollectorFunction {
    const endpoint = new CollectorFunction(this, "Endpoint", {
      context,
      function: "gke-endpoint",
      description: "ClusterTrail: takes authenticated Pub/Sub pushes and queues them",
      memoryMiB: 256,
      timeout: Duration.seconds(15),
      environment: {
        CLUSTERTRAIL_QUEUE_URL: this.queue.queueUrl,
        CLUSTERTRAIL_OIDC_AUDIENCE: config.audience,
        CLUSTERTRAIL_OIDC_EMAIL: config.email,
      },
    });
    endpoint.allow("Enqueue", ["sqs:SendMessage"], [this.queue.queueArn]);
    // SQS asks for both on the sender's behalf. SQS developer guide, "Key management".
    endpoint.allow("EncryptMessages", ["kms:GenerateDataKey", "kms:Decrypt"], [rawKey.keyArn]);
    return endpoint;
  }
}
