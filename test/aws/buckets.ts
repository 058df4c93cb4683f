import { gunzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

export const s3 = new S3Client({ forcePathStyle: true });

/** The end-of-directory record alone: a zip of nothing. */
export const EMPTY_ZIP = Buffer.from(`504b0506${"00".repeat(18)}`, "hex");

export async function keysOf(Bucket: string, Prefix = ""): Promise<string[]> {
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  return (Contents ?? []).map(({ Key }) => Key!);
}

export async function linesOf(Bucket: string, Key: string): Promise<string[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return gunzipSync(await Body!.transformToByteArray())
    .toString("utf8")
    .trimEnd()
    .split("\n");
}

/** A rule as CloudFormation writes it, in the form of the S3 API. */
// biome-ignore lint/suspicious/noExplicitAny: template
export function lifecycleRule(rule: any) {
  const size = rule.ObjectSizeGreaterThan;
  const prefix = rule.Prefix ?? "";
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: size === undefined ? { Prefix: prefix } : { And: { Prefix: prefix, ObjectSizeGreaterThan: size } },
    // biome-ignore lint/suspicious/noExplicitAny: template
    Transitions: rule.Transitions?.map((one: any) => ({ Days: one.TransitionInDays, StorageClass: one.StorageClass })),
    ...(rule.ExpirationInDays === undefined ? {} : { Expiration: { Days: rule.ExpirationInDays } }),
    ...(rule.NoncurrentVersionExpiration === undefined
      ? {}
      : { NoncurrentVersionExpiration: rule.NoncurrentVersionExpiration }),
    ...(rule.AbortIncompleteMultipartUpload === undefined
      ? {}
      : { AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload }),
  };
}
