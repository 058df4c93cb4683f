import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { AccessLogs } from "./access-logs.ts";
import type { LifecycleConfig } from "./config/schema.ts";
import { rawLifecycle } from "./lifecycle.ts";
import { PrivateBucket } from "./private-bucket.ts";

interface QuarantineProps {
  readonly bucketName: string;
  readonly accessLogs: AccessLogs;
  readonly lifecycle: LifecycleConfig;
  readonly breakGlassRoles: readonly string[];
}

/**
 * Raw bytes of records that could not become events. They are not redacted, hence a bucket and a key of their own
 * rather than a folder of the lake: who may read the lake may not read this, no Object Lock keeps secrets for years,
 * and without versions what expires is gone.
 */
export class Quarantine extends Construct {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, props: QuarantineProps) {
    super(scope, id);
    this.key = new Key(this, "Key", {
      description: "ClusterTrail: raw records in quarantine",
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket = new PrivateBucket(this, "Bucket", {
      bucketName: props.bucketName,
      encryptionKey: this.key,
      accessLogs: props.accessLogs,
      serverAccessLogsPrefix: "quarantine/",
      lifecycleRules: rawLifecycle("quarantine-expire", "quarantine/", props.lifecycle.quarantineDays, props.lifecycle),
    });
    const { partition, account } = Stack.of(this);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: "OnlyBreakGlassReads",
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ["kms:Decrypt", "kms:ReEncryptFrom", "kms:CreateGrant"],
        // In a key's policy "*" is the key itself.
        resources: ["*"],
        // The account's root user stays: without it a wrong role here would lock the records away for good.
        conditions: {
          ArnNotEquals: { "aws:PrincipalArn": [...props.breakGlassRoles, `arn:${partition}:iam::${account}:root`] },
        },
      }),
    );
  }
}
