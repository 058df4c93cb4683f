import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { fullConfig } from "./config.ts";
import { describeEyes } from "./eyes.ts";
import { describeIngest } from "./ingest.ts";
import { describeLake } from "./lake.ts";
import { resolve } from "./resolve.ts";
import { fakeBundles, ofType, synthesise } from "./synth.ts";

// One synthesis for all: it takes seconds. It throws when cdk-nag has findings.
const { folder, stacks } = synthesise(fullConfig(), fakeBundles());
const lake = stacks.get("111122223333/trail-lake")!;
const ingest = stacks.get("111122223333/trail-ingest")!;
const remote = stacks.get("444455556666/trail-ingest")!;

describeLake(lake);
describeIngest(ingest);
describeEyes(ingest);

describe("cdk-nag", () => {
  it("has looked at the templates and found nothing that is not accepted with a reason", () => {
    const report = JSON.parse(readFileSync(join(folder, "validation-report.json"), "utf8"));
    const nag = report.pluginReports.find(({ pluginName }: { pluginName: string }) => /solutions/i.test(pluginName));
    expect(nag).toBeDefined();
    expect(nag.conclusion).toBe("success");
    expect(nag.violations).toEqual([]);
  });

  it("would have found something", () => {
    const app = new App({ analyticsReporting: false });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new Bucket(new Stack(app, "Careless"), "Bucket");
    expect(() => app.synth()).toThrow(/AwsSolutions-S10/);
  });
});

describe("a deployment in another account", () => {
  it("makes no lake there, and no stack names another by reference", () => {
    expect([...stacks.keys()].sort()).toEqual([
      "111122223333/trail-ingest",
      "111122223333/trail-lake",
      "444455556666/trail-ingest",
    ]);
    expect(JSON.stringify(remote.resources)).not.toContain("Fn::ImportValue");
  });

  it("writes to the lake by name, with the keys that the configuration gives", () => {
    const statements = ofType(remote, "AWS::IAM::Policy").flatMap(([, policy]) => policy.PolicyDocument.Statement);
    const encrypt = statements.find(({ Sid }) => Sid === "EncryptObjects");
    expect(resolve(remote, encrypt.Resource)).toEqual([
      "arn:aws:kms:eu-west-1:111122223333:key/11111111-1111-1111-1111-111111111111",
      "arn:aws:kms:eu-west-1:111122223333:key/22222222-2222-2222-2222-222222222222",
    ]);
  });
});

describe("tags", () => {
  it("are on every bucket, key, function, queue and topic", () => {
    for (const stack of [lake, ingest, remote]) {
      for (const type of [
        "AWS::S3::Bucket",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::SQS::Queue",
        "AWS::SNS::Topic",
      ]) {
        for (const [id, { Tags }] of ofType(stack, type)) {
          expect(Tags, id).toEqual(
            expect.arrayContaining([
              { Key: "application", Value: "clustertrail" },
              { Key: "owner", Value: "platform" },
            ]),
          );
        }
      }
    }
  });
});
