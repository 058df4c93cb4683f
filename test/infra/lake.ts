import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { evaluate, type Request, type Statement } from "./policy.ts";
import { resolve } from "./resolve.ts";
import { ofType, type Stack } from "./synth.ts";

const LAKE = "arn:aws:s3:::trail-lake-111122223333-eu-west-1";
const QUARANTINE = `${LAKE}-quarantine`;

const bucketNamed = (stack: Stack, name: string) =>
  ofType(stack, "AWS::S3::Bucket").find(([, properties]) => properties.BucketName === name)!;

function policyOf(stack: Stack, bucketArn: string): Statement[] {
  const [id] = bucketNamed(stack, bucketArn.slice("arn:aws:s3:::".length));
  const [, policy] = ofType(stack, "AWS::S3::BucketPolicy").find(([, { Bucket }]) => Bucket.Ref === id)!;
  return resolve(stack, policy.PolicyDocument.Statement) as Statement[];
}

export function describeLake(stack: Stack): void {
  describe("lake", () => {
    it("is private, encrypted with its own key, versioned, locked and logged, and stays when the stack goes", () => {
      const [id, bucket] = bucketNamed(stack, "trail-lake-111122223333-eu-west-1");
      expect(bucket.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      const [encryption] = bucket.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(encryption.BucketKeyEnabled).toBe(true);
      expect(encryption.ServerSideEncryptionByDefault.SSEAlgorithm).toBe("aws:kms");
      expect(bucket.VersioningConfiguration).toEqual({ Status: "Enabled" });
      expect(bucket.ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Days: 365, Mode: "GOVERNANCE" });
      expect(bucket.LoggingConfiguration.DestinationBucketName).toBeDefined();
      expect(bucket.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
      stack.template.hasResource("AWS::S3::Bucket", {
        Properties: { BucketName: bucket.BucketName },
        DeletionPolicy: "Retain",
        UpdateReplacePolicy: "Retain",
      });
      expect(id).toBeDefined();
    });

    it("has exactly the lifecycle that the configuration's defaults say", () => {
      const [, bucket] = bucketNamed(stack, "trail-lake-111122223333-eu-west-1");
      const tiers = (folder: string) => ({
        Id: `${folder}-tiers`,
        Prefix: `${folder}/`,
        ObjectSizeGreaterThan: 131072,
        Status: "Enabled",
        Transitions: [
          { StorageClass: "STANDARD_IA", TransitionInDays: 90 },
          { StorageClass: "GLACIER", TransitionInDays: 365 },
        ],
      });
      const expiry = (folder: string) => ({
        Id: `${folder}-expire`,
        Prefix: `${folder}/`,
        ExpirationInDays: 2555,
        Status: "Enabled",
      });
      expect(bucket.LifecycleConfiguration.Rules).toEqual([
        tiers("events"),
        tiers("archive"),
        expiry("events"),
        expiry("archive"),
        {
          Id: "clean-up",
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          ExpiredObjectDeleteMarker: true,
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          Status: "Enabled",
        },
      ]);
    });

    it("keeps quarantine apart: another bucket and key, no versions, 30 days", () => {
      const [, lake] = bucketNamed(stack, "trail-lake-111122223333-eu-west-1");
      const [, quarantine] = bucketNamed(stack, "trail-lake-111122223333-eu-west-1-quarantine");
      // biome-ignore lint/suspicious/noExplicitAny: template
      const keyOf = (bucket: any) =>
        bucket.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.KMSMasterKeyID;
      expect(keyOf(quarantine)["Fn::GetAtt"][0]).not.toBe(keyOf(lake)["Fn::GetAtt"][0]);
      expect(quarantine.VersioningConfiguration).toBeUndefined();
      expect(quarantine.ObjectLockConfiguration).toBeUndefined();
      expect(quarantine.LifecycleConfiguration.Rules[0]).toMatchObject({
        Prefix: "quarantine/",
        ExpirationInDays: 30,
      });
    });

    it("rotates all keys, and lets only the break-glass role decrypt quarantine", () => {
      const keys = ofType(stack, "AWS::KMS::Key");
      expect(keys).toHaveLength(2);
      for (const [, key] of keys) expect(key.EnableKeyRotation).toBe(true);
      const statements = keys.flatMap(([, key]) => resolve(stack, key.KeyPolicy.Statement) as Statement[]);
      const guard = statements.filter(({ Sid }) => Sid === "OnlyBreakGlassReads");
      expect(guard).toHaveLength(1);
      const decrypt = (arn: string) =>
        evaluate(guard, { action: "kms:Decrypt", resource: "key", context: { "aws:PrincipalArn": arn } });
      expect(decrypt("arn:aws:iam::111122223333:role/administrator")).toBe("deny");
      expect(decrypt("arn:aws:iam::444455556666:role/collector")).toBe("deny");
      expect(decrypt("arn:aws:iam::111122223333:role/break-glass")).toBe("none");
    });
  });

  describe("bucket policies", () => {
    const put = (resource: string, context: Record<string, string> = {}): Request => ({
      action: "s3:PutObject",
      resource,
      context: {
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        "s3:ObjectCreationOperation": "true",
        ...context,
      },
    });
    const create = (context: Record<string, string> = {}) => ({ "s3:if-none-match": "*", ...context });
    const event = (account: string) => `${LAKE}/events/v1/provider=eks/account=${account}/region=eu-west-1/x`;

    it.each([
      [LAKE, "events/v1/x"],
      [QUARANTINE, "quarantine/v1/x"],
    ])("%s: creates, and never overwrites", (bucket, key) => {
      const statements = policyOf(stack, bucket);
      expect(evaluate(statements, put(`${bucket}/${key}`))).toBe("deny");
      expect(evaluate(statements, put(`${bucket}/${key}`, create()))).toBe("none");
    });

    it("lets the parts of a multipart upload through, not its completion without the header", () => {
      const statements = policyOf(stack, LAKE);
      const part = put(`${LAKE}/archive/v1/x`, { "s3:ObjectCreationOperation": "false" });
      expect(evaluate(statements, part)).toBe("none");
      expect(evaluate(statements, put(`${LAKE}/archive/v1/x`))).toBe("deny");
    });

    it("refuses plain HTTP, old TLS and other encryption, and asks for no encryption header", () => {
      const statements = policyOf(stack, LAKE);
      const with_ = (context: Record<string, string>) =>
        evaluate(statements, put(event("444455556666"), create(context)));
      expect(with_({ "aws:SecureTransport": "false" })).toBe("deny");
      expect(with_({ "s3:TlsVersion": "1.1" })).toBe("deny");
      expect(with_({ "s3:x-amz-server-side-encryption": "AES256" })).toBe("deny");
      expect(
        with_({
          "s3:x-amz-server-side-encryption": "aws:kms",
          "s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:444455556666:key/another",
        }),
      ).toBe("deny");
      expect(with_({})).toBe("none");
    });

    it.each([
      ["of the organization", { "aws:PrincipalOrgID": "o-exampleorgid" }],
      ["with a named role", { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/collector" }],
    ])("a collector %s creates events of its own account and no other's", (_, who) => {
      const statements = policyOf(stack, LAKE);
      const context = create({ "aws:PrincipalAccount": "444455556666", ...who });
      expect(evaluate(statements, put(event("444455556666"), context))).toBe("allow");
      expect(evaluate(statements, put(event("111122223333"), context))).toBe("none");
      expect(evaluate(statements, put(`${LAKE}/archive/v1/x`, context))).toBe("none");
      const { "s3:if-none-match": _none, ...overwriting } = context;
      expect(evaluate(statements, put(event("444455556666"), overwriting))).toBe("deny");
      for (const action of ["s3:GetObject", "s3:DeleteObject", "s3:PutObjectRetention", "s3:PutObjectAcl"]) {
        expect(evaluate(statements, { ...put(event("444455556666"), context), action })).toBe("none");
      }
      expect(evaluate(policyOf(stack, QUARANTINE), put(`${QUARANTINE}/quarantine/v1/x`, context))).toBe("allow");
    });

    it("a stranger is refused", () => {
      const context = create({ "aws:PrincipalOrgID": "o-anotherorgid", "aws:PrincipalAccount": "444455556666" });
      expect(evaluate(policyOf(stack, LAKE), put(event("444455556666"), context))).toBe("none");
    });
  });

  describe("keyless writers", () => {
    const trustOf = (name: string) => {
      const [, role] = ofType(stack, "AWS::IAM::Role").find(([, { RoleName }]) => RoleName === name)!;
      return role.AssumeRolePolicyDocument.Statement;
    };

    it("Google: pins the account's number twice and the audience that was asked for", () => {
      expect(trustOf("trail-writer-gke")).toEqual([
        {
          Action: "sts:AssumeRoleWithWebIdentity",
          Effect: "Allow",
          Principal: { Federated: "accounts.google.com" },
          Condition: {
            StringEquals: {
              "accounts.google.com:aud": "123456789012345678901",
              "accounts.google.com:sub": "123456789012345678901",
              "accounts.google.com:oaud": "trail-lake",
            },
          },
        },
      ]);
    });

    it("Azure: pins audience and identity under the issuer with its slash; one provider for both writers", () => {
      const issuer = "sts.windows.net/11111111-2222-3333-4444-555555555555/";
      for (const [name, sub] of [
        ["trail-writer-aks", "66666666-7777-8888-9999-000000000000"],
        ["trail-writer-aks-two", "77777777-7777-8888-9999-000000000000"],
      ] as const) {
        expect(trustOf(name)[0].Condition).toEqual({
          StringEquals: { [`${issuer}:aud`]: "api://clustertrail", [`${issuer}:sub`]: sub },
        });
      }
      expect(trustOf("trail-writer-aks-two")[0].Principal.Federated).toBe(
        `arn:aws:iam::111122223333:oidc-provider/${issuer}`,
      );
      stack.template.resourceCountIs("AWS::IAM::OIDCProvider", 1);
      stack.template.hasResourceProperties("AWS::IAM::OIDCProvider", {
        Url: `https://${issuer}`,
        ClientIdList: ["api://clustertrail"],
      });
    });

    it("publishes what Terraform needs", () => {
      for (const name of ["lake/url", "lake/quarantine-url", "lake/region", "lake/key-arn", "writers/gke/role-arn"]) {
        stack.template.hasResourceProperties("AWS::SSM::Parameter", { Name: `/trail/${name}` });
      }
      stack.template.hasOutput("LakeUrl", { Value: Match.stringLikeRegexp("^s3://trail-lake-") });
    });
  });
}
