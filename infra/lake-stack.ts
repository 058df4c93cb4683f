import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { Config } from "./config/schema.ts";
import { Lake } from "./lake.ts";
import { bucketNames } from "./names.ts";
import { publish } from "./publish.ts";
import { AzureWriter, GoogleWriter } from "./web-identity-writer.ts";
import type { LakeReference } from "./writer-access.ts";

/** The lake and who may write to it from elsewhere. Once only, in the account that keeps the archive. */
export class LakeStack extends Stack {
  readonly reference: LakeReference;

  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { readonly config: Config }) {
    super(scope, id, props);
    const { name } = config;
    const lake = new Lake(this, "Lake", { config: config.lake, names: bucketNames(config) });
    this.reference = lake.reference;
    publish(this, name, "lake/url", `s3://${this.reference.bucketName}`, "CLUSTERTRAIL_LAKE of every writer");
    publish(
      this,
      name,
      "lake/quarantine-url",
      `s3://${this.reference.quarantineBucketName}`,
      "CLUSTERTRAIL_QUARANTINE of every writer",
    );
    publish(this, name, "lake/region", config.lake.region, "AWS_REGION of writers outside AWS");
    publish(this, name, "lake/key-arn", this.reference.keyArn, "lake.keyArn for deployments elsewhere");
    publish(
      this,
      name,
      "lake/quarantine-key-arn",
      this.reference.quarantineKeyArn,
      "lake.quarantineKeyArn for deployments elsewhere",
    );
    const { google, azure } = config.lake.writers;
    for (const [kind, writers] of [
      ["Google", google],
      ["Azure", azure],
    ] as const) {
      for (const writer of writers) {
        const common = { name, lake: this.reference };
        const { role } =
          kind === "Google"
            ? new GoogleWriter(this, `Google-${writer.name}`, { ...common, config: writer as (typeof google)[number] })
            : new AzureWriter(this, `Azure-${writer.name}`, { ...common, config: writer as (typeof azure)[number] });
        publish(
          this,
          name,
          `writers/${writer.name}/role-arn`,
          role.roleArn,
          `Role for the ${kind} writer ${writer.name}`,
        );
      }
    }
  }
}
