import { Duration, Validations } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { type FunctionUrl, FunctionUrlAuthType } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { type CollectorContext, CollectorFunction } from "./collector-function.ts";

/**
 * Self-managed clusters: the API server's audit webhook, Vector or Fluent Bit post to a function URL with a bearer
 * token. The answer comes after the write, so that a sender that gets none sends again.
 */
export class Webhook extends Construct {
  readonly collector: CollectorFunction;
  readonly url: FunctionUrl;
  readonly token: Secret;

  constructor(scope: Construct, id: string, { context, rawKey }: { context: CollectorContext; rawKey: IKey }) {
    super(scope, id);
    this.token = new Secret(this, "Token", {
      description: "ClusterTrail: bearer token of the audit webhook",
      encryptionKey: rawKey,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(this.token).acknowledge({
      id: "AwsSolutions::AwsSolutions-SMG4",
      reason:
        "The token stands in files on the API servers: one that AWS rotates by itself would silence every cluster. " +
        "docs/deploy/aws.md says how to change it by hand.",
    });
    this.collector = new CollectorFunction(this, "Ingest", {
      context,
      function: "webhook",
      description: "ClusterTrail: audit events posted by self-managed clusters into the lake",
      memoryMiB: 1024,
      // API servers wait 30 seconds for an audit webhook.
      timeout: Duration.seconds(30),
      writes: { providers: ["kubernetes"] },
      environment: { CLUSTERTRAIL_TOKEN_SECRET_ARN: this.token.secretArn },
    });
    this.collector.allow("ReadToken", ["secretsmanager:GetSecretValue"], [this.token.secretArn]);
    this.collector.allow("DecryptToken", ["kms:Decrypt"], [rawKey.keyArn]);
    // An API server cannot sign AWS requests; the function compares the token in constant time.
    this.url = this.collector.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  }
}
