import { Duration } from "aws-cdk-lib";
import { type LifecycleRule, StorageClass } from "aws-cdk-lib/aws-s3";
import type { LifecycleConfig } from "./config/schema.ts";

/** What is kept for years: events as they came, and what is compacted from them. */
const KEPT = ["events", "archive"] as const;

/**
 * The lake's lifecycle. Transitions have a rule of their own with a size filter: without one S3 leaves objects under
 * 128 KB where they are anyway, and with a smaller one each of them costs more in the colder class than before.
 * Expiry has no filter, so that small objects go too. On a versioned bucket expiry only adds a delete marker: the
 * noncurrent rule frees the bytes. Source: S3 user guide, "Lifecycle transition general considerations".
 *
 * @param prefix where the lake begins in the bucket, with a slash at the end; empty for the root.
 */
export function lakeLifecycle(days: LifecycleConfig, prefix: string): LifecycleRule[] {
  const tiers = KEPT.map((folder) => ({
    id: `${folder}-tiers`,
    prefix: `${prefix}${folder}/`,
    ...(days.minTransitionKiB === 0 ? {} : { objectSizeGreaterThan: days.minTransitionKiB * 1024 }),
    transitions: [
      { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(days.infrequentAccessAfterDays) },
      { storageClass: StorageClass.GLACIER, transitionAfter: Duration.days(days.coldAfterDays) },
    ],
  }));
  const expiries = KEPT.map((folder) => ({
    id: `${folder}-expire`,
    prefix: `${prefix}${folder}/`,
    expiration: Duration.days(days.expireAfterDays),
  }));
  return [
    ...tiers,
    ...expiries,
    {
      id: "clean-up",
      noncurrentVersionExpiration: Duration.days(days.noncurrentDays),
      abortIncompleteMultipartUploadAfter: Duration.days(days.incompleteUploadDays),
      expiredObjectDeleteMarker: true,
    },
  ];
}

/** Raw, unredacted records leave after `days`, in a bucket without versions: nothing of them stays. */
export function rawLifecycle(id: string, prefix: string, days: number, config: LifecycleConfig): LifecycleRule[] {
  return [
    { id, prefix, expiration: Duration.days(days) },
    { id: "clean-up", abortIncompleteMultipartUploadAfter: Duration.days(config.incompleteUploadDays) },
  ];
}
