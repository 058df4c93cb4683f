import { Duration, Stack } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { type CollectorContext, CollectorFunction } from "./collector-function.ts";
import { FAILED_PREFIX, type FailedBucket } from "./failed-bucket.ts";

interface RedriveProps {
  readonly context: CollectorContext;
  readonly failed: FailedBucket;
  readonly rawKey: IKey;
  readonly everyHours: number;
}

/**
 * Feeds failed deliveries to the pipeline again and deletes their records once the lake has them. Objects are named by
 * their content, so doing it twice stores nothing twice.
 */
export class Redrive extends Construct {
  readonly collector: CollectorFunction;

  constructor(scope: Construct, id: string, { context, failed, rawKey, everyHours }: RedriveProps) {
    super(scope, id);
    this.collector = new CollectorFunction(this, "Redrive", {
      context,
      function: "redrive",
      description: "ClusterTrail: feeds failed deliveries into the lake again",
      memoryMiB: 1024,
      timeout: Duration.minutes(15),
      // Only these two sources leave records of failed deliveries: the others answer their sender or have a queue.
      writes: { providers: ["eks", "aks"] },
      environment: { CLUSTERTRAIL_FAILED: `s3://${failed.bucket.bucketName}/${FAILED_PREFIX}` },
    });
    const records = `${FAILED_PREFIX}*`;
    this.collector.allow("FindFailedDeliveries", ["s3:ListBucket"], [failed.bucket.bucketArn], {
      StringLike: { "s3:prefix": records },
    });
    this.collector.allow(
      "TakeFailedDeliveries",
      ["s3:GetObject", "s3:DeleteObject"],
      [failed.bucket.arnForObjects(records)],
    );
    this.collector.allow("DecryptFailedDeliveries", ["kms:Decrypt"], [rawKey.keyArn]);
    const bucketId = Stack.of(this).getLogicalId(failed.bucket.node.defaultChild as CfnBucket);
    this.collector.accept(
      `Resource::<${bucketId}.Arn>/${records}`,
      "Lambda names the records of failed deliveries itself; this function's purpose is to take them all.",
    );
    new Rule(this, "Schedule", {
      description: "ClusterTrail: looks for failed deliveries",
      schedule: Schedule.rate(Duration.hours(everyHours)),
      targets: [new LambdaFunction(this.collector.function, { retryAttempts: 0 })],
    });
  }
}
