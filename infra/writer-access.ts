import type { IGrantable, PolicyStatementProps } from "aws-cdk-lib/aws-iam";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";

/** The providers whose partitions a writer may create objects in: `provider=` in the lake's layout. */
export type Provider = "eks" | "gke" | "aks" | "kubernetes";

/** What a writer has to know of the lake, whichever stack or account it stands in. */
export interface LakeReference {
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly keyArn: string;
  readonly quarantineBucketName: string;
  readonly quarantineBucketArn: string;
  readonly quarantineKeyArn: string;
}

/** Where a writer may write: all of the accounts below these providers, or only the accounts given. */
export interface WriterScope {
  readonly providers: readonly Provider[];
  /** `account=` values: AWS account, Google Cloud project or Azure subscription. Absent: any. */
  readonly accounts?: readonly string[];
}

/**
 * The least that a writer of events needs: to create objects in its own partitions, to leave raw records in quarantine,
 * and to have data keys made for both. It cannot read, list, delete or overwrite anything, and decrypt nothing: a put in
 * one part needs `kms:GenerateDataKey` only. Quarantine is open below its root, because a record that is not even
 * recognised has no provider to be filed under.
 */
export function writerStatements(lake: LakeReference, scope: WriterScope): PolicyStatementProps[] {
  return [
    {
      sid: "CreateEvents",
      actions: ["s3:PutObject"],
      resources: eventPrefixes(scope).map((prefix) => `${lake.bucketArn}/${prefix}`),
      conditions: CREATE_ONLY,
    },
    {
      sid: "CreateQuarantine",
      actions: ["s3:PutObject"],
      resources: [`${lake.quarantineBucketArn}/${QUARANTINE_PREFIX}`],
      conditions: CREATE_ONLY,
    },
    {
      sid: "EncryptObjects",
      actions: ["kms:GenerateDataKey"],
      resources: [lake.keyArn, lake.quarantineKeyArn],
    },
  ];
}

export const QUARANTINE_PREFIX = "quarantine/v1/*";

/** Every put must say `If-None-Match`, so a name that is taken is left alone. S3 user guide, "Enforce conditional writes". */
const CREATE_ONLY = { Null: { "s3:if-none-match": "false" } };

function eventPrefixes({ providers, accounts }: WriterScope): string[] {
  return providers.flatMap((provider) =>
    accounts === undefined
      ? [`events/v1/provider=${provider}/*`]
      : accounts.map((account) => `events/v1/provider=${provider}/account=${account}/*`),
  );
}

/** ARNs, with wildcards, of all that a writer of this scope may create. */
export function writableResources(lake: LakeReference, scope: WriterScope): string[] {
  return [
    ...eventPrefixes(scope).map((prefix) => `${lake.bucketArn}/${prefix}`),
    `${lake.quarantineBucketArn}/${QUARANTINE_PREFIX}`,
  ];
}

/** Adds the statements to the grantee's own policy. */
export function grantWrite(grantee: IGrantable, lake: LakeReference, scope: WriterScope): void {
  for (const statement of writerStatements(lake, scope)) {
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement(statement));
  }
}

/** What the entry files read to find the lake. */
export function lakeEnvironment(lake: LakeReference): Record<string, string> {
  return {
    CLUSTERTRAIL_LAKE: `s3://${lake.bucketName}`,
    CLUSTERTRAIL_QUARANTINE: `s3://${lake.quarantineBucketName}`,
  };
}
