import { App } from "aws-cdk-lib";
import { LakeStack } from "./lake-stack.ts";

const app = new App();
new LakeStack(app, "ClusterTrailLake", { description: "ClusterTrail: the audit lake" });
