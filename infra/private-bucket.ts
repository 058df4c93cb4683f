import { RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

interface PrivateBucketProps extends BucketProps {
  /** Absent only for the bucket that receives access logs: their delivery cannot use a customer's key. */
  readonly encryptionKey?: IKey;
  readonly accessLogs?: Bucket;
}

/** What all our buckets have in common: private, encrypted, TLS only, no ACLs, kept when the stack goes. */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, { accessLogs, ...props }: PrivateBucketProps) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(props.encryptionKey === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : // Without bucket keys each object costs a request to KMS.
          { encryption: BucketEncryption.KMS, bucketKeyEnabled: true }),
      ...(accessLogs === undefined
        ? {}
        : { serverAccessLogsBucket: accessLogs as IBucket, serverAccessLogsPrefix: `${id.toLowerCase()}/` }),
      ...props,
    });
  }
}
