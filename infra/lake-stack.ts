import type { StackProps } from "aws-cdk-lib";
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";

/**
 * The bucket that an S3 lake lives in: private, encrypted, versioned, TLS only, kept when the stack goes. Functions,
 * lifecycle rules and keys of their own come with the deployment; until then `clustertrail ingest` and `listen` can
 * write to it from anywhere with credentials.
 */
export class LakeStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    new Bucket(this, "Lake", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      versioned: true,
    });
  }
}
