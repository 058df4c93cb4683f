import { Stack } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { AccessLogs } from "./access-logs.ts";
import type { CollectorFunction } from "./collector-function.ts";
import type { LifecycleConfig } from "./config/schema.ts";
import { rawLifecycle } from "./lifecycle.ts";
import { PrivateBucket } from "./private-bucket.ts";

/** Lambda chooses the names of its records, below this; a prefix of our own cannot be set. */
export const FAILED_PREFIX = "aws/lambda/";

interface FailedBucketProps {
  readonly key: IKey;
  readonly accessLogs: AccessLogs;
  readonly lifecycle: LifecycleConfig;
}

/**
 * Deliveries that a function gave up on, with their whole payload: Lambda's on-failure destination. S3 and not a queue,
 * because only S3 gets the payload from every kind of source and of any size. A bucket of its own and not a folder of
 * the lake, because the payload is not redacted and Lambda's puts are not conditional.
 */
export class FailedBucket extends Construct {
  readonly bucket: Bucket;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, { key, accessLogs, lifecycle }: FailedBucketProps) {
    super(scope, id);
    this.#key = key;
    this.bucket = new PrivateBucket(this, "Bucket", {
      encryptionKey: key,
      accessLogs,
      serverAccessLogsPrefix: "failed/",
      lifecycleRules: rawLifecycle("failed-expire", FAILED_PREFIX, lifecycle.failedDays, lifecycle),
    });
    // By property: the construct's own switch brings a function with a wildcard policy along.
    (this.bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
  }

  /**
   * The bucket as `collector`'s on-failure destination, for asynchronous invocations and event source mappings alike.
   * @param records the part of the names below {@link FAILED_PREFIX} that is known, with `*` for the rest.
   */
  destinationFor(collector: CollectorFunction, records: string): { bind(): { destination: string } } {
    const { bucketArn } = this.bucket;
    const resource = this.bucket.arnForObjects(`${FAILED_PREFIX}${records}`);
    collector.allow("KeepFailedDeliveries", ["s3:PutObject"], [resource]);
    // Lambda asks for it when the destination is set. Lambda developer guide, "Capturing records of invocations".
    collector.allow("FindFailedBucket", ["s3:ListBucket"], [bucketArn]);
    collector.allow("EncryptFailedDeliveries", ["kms:GenerateDataKey"], [this.#key.keyArn]);
    const id = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket);
    collector.accept(
      `Resource::<${id}.Arn>/${FAILED_PREFIX}${records}`,
      "Lambda names the records of failed deliveries itself, by date and a random number below this prefix.",
    );
    return { bind: () => ({ destination: bucketArn }) };
  }
}
