import { Stage, type StageProps, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { holdsLake } from "./config/cross-checks.ts";
import type { Config, DeploymentConfig } from "./config/schema.ts";
import type { FunctionAssets } from "./function-assets.ts";
import { IngestStack } from "./ingest-stack.ts";
import { LakeStack } from "./lake-stack.ts";
import { bucketNames } from "./names.ts";
import type { LakeReference } from "./writer-access.ts";

interface DeploymentStageProps extends StageProps {
  readonly config: Config;
  readonly deployment: DeploymentConfig;
  readonly assets: FunctionAssets;
}

/** One account and Region: the lake, if it is here, and the collectors, if there are sources. */
export class DeploymentStage extends Stage {
  constructor(scope: Construct, id: string, { config, deployment, assets, ...props }: DeploymentStageProps) {
    super(scope, id, { ...props, env: { account: deployment.account, region: deployment.region } });
    const { name } = config;
    const tags = { application: "clustertrail", deployment: name, ...config.tags };
    for (const [key, value] of Object.entries(tags)) Tags.of(this).add(key, value);
    const here = holdsLake(config, deployment);
    const lake = here
      ? new LakeStack(this, "Lake", {
          config,
          stackName: `${name}-lake`,
          description: "ClusterTrail: the audit lake",
          tags,
          // Somebody who deletes this stack by mistake keeps the data anyway, but loses every writer.
          terminationProtection: true,
        }).reference
      : referenceByName(config);
    if (!(deployment.eks ?? deployment.gke ?? deployment.aks ?? deployment.webhook)) return;
    new IngestStack(this, "Ingest", {
      config,
      deployment,
      lake,
      assets,
      stackName: `${name}-ingest`,
      description: "ClusterTrail: collectors of Kubernetes audit logs",
      tags,
    });
  }
}

/** The configuration's checks see to it that the ARNs are there. */
function referenceByName(config: Config): LakeReference {
  const { keyArn, quarantineKeyArn } = config.lake;
  if (keyArn === undefined || quarantineKeyArn === undefined) throw new Error("a lake elsewhere needs its key ARNs");
  const { lake, quarantine } = bucketNames(config);
  const partition = keyArn.split(":")[1]!;
  return {
    bucketName: lake,
    bucketArn: `arn:${partition}:s3:::${lake}`,
    keyArn,
    quarantineBucketName: quarantine,
    quarantineBucketArn: `arn:${partition}:s3:::${quarantine}`,
    quarantineKeyArn,
  };
}
