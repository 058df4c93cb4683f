import { AnyPrincipal, ArnPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { LakeConfig } from "./config/schema.ts";
import { QUARANTINE_PREFIX } from "./writer-access.ts";

/**
 * Nobody overwrites: a put of a whole object must carry `If-None-Match`. The parts of a multipart upload cannot carry
 * it, its completion can, which is what `s3:ObjectCreationOperation` tells apart.
 * Source: S3 user guide, "Enforce conditional writes on Amazon S3 buckets".
 */
export function denyOverwrites(bucket: Bucket): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: "CreateOnly",
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ["s3:PutObject"],
      resources: [bucket.arnForObjects("*")],
      conditions: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    }),
  );
}

/**
 * Without encryption headers the bucket's default key is used; with them it must be that key. The test for presence is
 * needed: of a header that is absent, `StringNotEquals` (with or without `IfExists`) is true.
 */
export function denyOtherKeys(bucket: Bucket, key: IKey): void {
  const resources = [bucket.arnForObjects("*")];
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: "NoOtherEncryption",
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ["s3:PutObject"],
      resources,
      conditions: presentAndNot("s3:x-amz-server-side-encryption", "aws:kms"),
    }),
  );
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: "NoOtherKey",
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ["s3:PutObject"],
      resources,
      conditions: presentAndNot("s3:x-amz-server-side-encryption-aws-kms-key-id", key.keyArn),
    }),
  );
}

const presentAndNot = (key: string, value: string) => ({ Null: { [key]: "false" }, StringNotEquals: { [key]: value } });

interface WriterBuckets {
  readonly lake: Bucket;
  readonly lakeKey: IKey;
  readonly quarantine: Bucket;
  readonly quarantineKey: IKey;
}

/**
 * Lets collectors in other accounts create objects: EKS events below their own account's number, which S3 fills in
 * from who is asking, and raw records below quarantine. The same principals may have data keys made, through S3 only.
 */
export function allowOtherAccounts(buckets: WriterBuckets, { writers, region }: LakeConfig): void {
  const groups = [
    ...(writers.organization === undefined
      ? []
      : [
          {
            name: "Organization",
            principals: [new AnyPrincipal()],
            conditions: { StringEquals: { "aws:PrincipalOrgID": writers.organization } },
          },
        ]),
    ...(writers.roles.length === 0
      ? []
      : [{ name: "Roles", principals: writers.roles.map((role) => new ArnPrincipal(role)), conditions: {} }]),
  ];
  for (const { name, principals, conditions } of groups) {
    const createOnly = { ...conditions, Null: { "s3:if-none-match": "false" } };
    buckets.lake.addToResourcePolicy(
      new PolicyStatement({
        sid: `${name}CreateEvents`,
        principals,
        actions: ["s3:PutObject"],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable, filled in by S3.
        resources: [buckets.lake.arnForObjects("events/v1/provider=eks/account=${aws:PrincipalAccount}/*")],
        conditions: createOnly,
      }),
    );
    buckets.quarantine.addToResourcePolicy(
      new PolicyStatement({
        sid: `${name}CreateQuarantine`,
        principals,
        actions: ["s3:PutObject"],
        resources: [buckets.quarantine.arnForObjects(QUARANTINE_PREFIX)],
        conditions: createOnly,
      }),
    );
    for (const key of [buckets.lakeKey, buckets.quarantineKey]) {
      key.addToResourcePolicy(
        new PolicyStatement({
          sid: `${name}Encrypt`,
          principals,
          actions: ["kms:GenerateDataKey"],
          // In a key's policy "*" is the key itself.
          resources: ["*"],
          conditions: {
            ...conditions,
            StringEquals: { ...conditions["StringEquals"], "kms:ViaService": `s3.${region}.amazonaws.com` },
          },
        }),
      );
    }
  }
}
