import { App, type AppProps, Validations } from "aws-cdk-lib";
import featureFlags from "aws-cdk-lib/recommended-feature-flags.json" with { type: "json" };
import { AwsSolutionsChecks } from "cdk-nag";
import type { Config } from "./config/schema.ts";
import { DeploymentStage } from "./deployment-stage.ts";
import type { FunctionAssets } from "./function-assets.ts";

/** Here and not in cdk.json, so that tests synthesise what the command does. */
const FEATURES = {
  ...featureFlags,
  // CloudFormation then refuses to take the lake's keys away while collectors use them.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
};

/**
 * The whole app: one stage for each account and Region. It looks nothing up, so it can be synthesised without
 * credentials, and what is synthesised depends on the configuration and the bundles only.
 * cdk-nag's findings make the synthesis fail; those we accept are acknowledged, with the reason, where they arise.
 */
export function buildApp(config: Config, assets: FunctionAssets, props: AppProps = {}): App {
  const app = new App({ analyticsReporting: false, autoSynth: false, context: FEATURES, ...props });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const deployment of config.deployments) {
    new DeploymentStage(app, `${config.name}-${deployment.account}-${deployment.region}`, {
      config,
      deployment,
      assets,
    });
  }
  return app;
}
