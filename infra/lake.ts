import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Key } from "aws-cdk-lib/aws-kms";
import { type Bucket, ObjectLockRetention } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { AccessLogs } from "./access-logs.ts";
import type { LakeConfig } from "./config/schema.ts";
import { allowOtherAccounts, denyOtherKeys, denyOverwrites } from "./lake-policy.ts";
import { lakeLifecycle } from "./lifecycle.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { Quarantine } from "./quarantine.ts";
import type { LakeReference } from "./writer-access.ts";

interface LakeProps {
  readonly config: LakeConfig;
  readonly names: { readonly lake: string; readonly quarantine: string };
}

/**
 * The bucket that events live in, with a key of its own, and beside it the quarantine. Versions keep what an
 * administrator deletes by mistake; writers can neither delete nor overwrite.
 */
export class Lake extends Construct {
  readonly bucket: Bucket;
  readonly reference: LakeReference;

  constructor(scope: Construct, id: string, { config, names }: LakeProps) {
    super(scope, id);
    const accessLogs = new AccessLogs(this, "AccessLogs", { days: config.accessLogDays });
    const key = new Key(this, "Key", {
      description: "ClusterTrail: events in the lake",
      enableKeyRotation: true,
      rotationPeriod: Duration.days(365),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket = new PrivateBucket(this, "Bucket", {
      bucketName: names.lake,
      encryptionKey: key,
      accessLogs,
      versioned: true,
      lifecycleRules: lakeLifecycle(config.lifecycle, ""),
      ...(config.objectLock === undefined ? {} : { objectLockDefaultRetention: retention(config.objectLock) }),
    });
    Validations.of(this.bucket).acknowledge({
      id: "CloudFormation-Validate::W9003",
      reason: "S3's schema calls the size filter a text; the construct writes a number, which CloudFormation converts.",
    });
    const quarantine = new Quarantine(this, "Quarantine", {
      bucketName: names.quarantine,
      accessLogs,
      lifecycle: config.lifecycle,
      breakGlassRoles: config.breakGlassRoles,
    });
    for (const [bucket, itsKey] of [
      [this.bucket, key],
      [quarantine.bucket, quarantine.key],
    ] as const) {
      denyOverwrites(bucket);
      denyOtherKeys(bucket, itsKey);
    }
    allowOtherAccounts(
      { lake: this.bucket, lakeKey: key, quarantine: quarantine.bucket, quarantineKey: quarantine.key },
      config,
    );
    const { partition } = Stack.of(this);
    this.reference = {
      bucketName: names.lake,
      bucketArn: `arn:${partition}:s3:::${names.lake}`,
      keyArn: key.keyArn,
      quarantineBucketName: names.quarantine,
      quarantineBucketArn: `arn:${partition}:s3:::${names.quarantine}`,
      quarantineKeyArn: quarantine.key.keyArn,
    };
  }
}

function retention({ mode, days }: NonNullable<LakeConfig["objectLock"]>): ObjectLockRetention {
  const duration = Duration.days(days);
  return mode === "compliance" ? ObjectLockRetention.compliance(duration) : ObjectLockRetention.governance(duration);
}
