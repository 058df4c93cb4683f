import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { AUDIT_FILTER_PATTERN } from "../../infra/eks-ingest.ts";
import { resolve } from "./resolve.ts";
import { ofType, type Stack } from "./synth.ts";

const FUNCTIONS = ["eks-ingest", "gke-endpoint", "gke-batch", "aks-kafka", "webhook", "redrive"];

const functionNamed = (stack: Stack, name: string) =>
  ofType(stack, "AWS::Lambda::Function").find(([, { FunctionName }]) => FunctionName === `trail-${name}`)!;

export function describeIngest(stack: Stack): void {
  describe("functions", () => {
    it("are the six we know, and no custom resource brings another", () => {
      const names = ofType(stack, "AWS::Lambda::Function").map(([, { FunctionName }]) => FunctionName);
      expect(names.sort()).toEqual(FUNCTIONS.map((name) => `trail-${name}`).sort());
    });

    it.each(FUNCTIONS)("%s: Node 24 on arm64, from its bundle, with its own log group that forgets", (name) => {
      const [, lambda] = functionNamed(stack, name);
      expect(lambda.Runtime).toBe("nodejs24.x");
      expect(lambda.Architectures).toEqual(["arm64"]);
      expect(lambda.Handler).toBe("index.handler");
      stack.template.hasResourceProperties("AWS::Logs::LogGroup", {
        LogGroupName: `/aws/lambda/trail-${name}`,
        RetentionInDays: 30,
      });
      const [logs] = ofType(stack, "AWS::Logs::LogGroup").find(([, group]) =>
        group.LogGroupName.endsWith(`/trail-${name}`),
      )!;
      expect(lambda.LoggingConfig).toEqual({ LogGroup: { Ref: logs } });
    });

    it.each(["eks-ingest", "gke-batch", "aks-kafka", "webhook", "redrive"])(
      "%s: is told of lake and quarantine",
      (name) => {
        const { Variables } = functionNamed(stack, name)[1].Environment;
        expect(Variables.CLUSTERTRAIL_LAKE).toBe("s3://trail-lake-111122223333-eu-west-1");
        expect(Variables.CLUSTERTRAIL_QUARANTINE).toBe("s3://trail-lake-111122223333-eu-west-1-quarantine");
        expect(Variables.CLUSTERTRAIL_ACCOUNT).toBe("111122223333");
        expect(Variables.CLUSTERTRAIL_REGION).toBe("eu-west-1");
        expect(Variables.CLUSTERTRAIL_FINGERPRINT_SECRET_ARN).toContain(":secret:fingerprint-");
      },
    );

    it("the public endpoint for pushes can do nothing but put messages in the queue", () => {
      const { Variables } = functionNamed(stack, "gke-endpoint")[1].Environment;
      expect(Variables.CLUSTERTRAIL_LAKE).toBeUndefined();
      expect(Variables).toMatchObject({
        CLUSTERTRAIL_OIDC_AUDIENCE: "trail-push",
        CLUSTERTRAIL_OIDC_EMAIL: "push@example-project.iam.gserviceaccount.com",
      });
      const actions = statementsOf(stack, "gke-endpoint").flatMap(({ Action }) => Action);
      expect(actions.sort()).toEqual([
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
      ]);
    });

    it.each([
      ["eks-ingest", ["eks"]],
      ["gke-batch", ["gke"]],
      ["aks-kafka", ["aks"]],
      ["webhook", ["kubernetes"]],
      ["redrive", ["aks", "eks"]],
    ])("%s: creates objects in the partitions of %s and quarantine, and reads none of them", (name, providers) => {
      const statements = statementsOf(stack, name);
      const puts = statements.filter(
        ({ Sid, Action }) => [Action].flat().includes("s3:PutObject") && Sid !== "KeepFailedDeliveries",
      );
      const lake = "arn:aws:s3:::trail-lake-111122223333-eu-west-1";
      const written = puts.flatMap(({ Resource }) => resolve(stack, [Resource].flat()) as string[]);
      expect(written.sort()).toEqual(
        [
          ...providers.map((provider) => `${lake}/events/v1/provider=${provider}/*`),
          `${lake}-quarantine/quarantine/v1/*`,
        ].sort(),
      );
      for (const put of puts) {
        expect(put.Condition).toEqual({ Null: { "s3:if-none-match": "false" } });
      }
      for (const { Action, Resource } of statements) {
        if (![Action].flat().some((action) => /^s3:(Get|List|Delete)/.test(action))) continue;
        expect(JSON.stringify(resolve(stack, Resource))).not.toContain("trail-lake");
      }
    });
  });

  describe("policies", () => {
    it("name every action, and no resource by a star alone", () => {
      const statements = ofType(stack, "AWS::IAM::Policy").flatMap(([, policy]) => policy.PolicyDocument.Statement);
      expect(statements.length).toBeGreaterThan(20);
      for (const { Action, Resource, Effect } of statements) {
        expect(Effect).toBe("Allow");
        for (const action of [Action].flat()) expect(action).toMatch(/^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/);
        for (const resource of resolve(stack, [Resource].flat()) as string[]) expect(resource).not.toBe("*");
      }
    });

    it("lend no managed policy to any role", () => {
      for (const [, role] of ofType(stack, "AWS::IAM::Role")) expect(role.ManagedPolicyArns).toBeUndefined();
    });
  });

  describe("EKS", () => {
    it.each(["production", "staging"])("%s: one filter by term, which cut events match too", (cluster) => {
      stack.template.hasResourceProperties("AWS::Logs::SubscriptionFilter", {
        LogGroupName: `/aws/eks/${cluster}/cluster`,
        FilterName: "clustertrail",
        FilterPattern: '"audit.k8s.io"',
        DestinationArn: "arn:aws:lambda:eu-west-1:111122223333:function:trail-eks-ingest",
      });
      expect(AUDIT_FILTER_PATTERN).not.toContain("{");
    });

    it("the filters wait for the permission, which keeps its identity and depends on no function's", () => {
      const permission = stack.resources["EksCloudWatchLogsInvokes"]!;
      expect(permission.Type).toBe("AWS::Lambda::Permission");
      expect(permission.Properties).toEqual({
        Action: "lambda:InvokeFunction",
        FunctionName: "trail-eks-ingest",
        Principal: "logs.amazonaws.com",
        SourceAccount: "111122223333",
        SourceArn: "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/eks/*:*",
      });
      const filters = Object.values(stack.resources).filter(({ Type }) => Type === "AWS::Logs::SubscriptionFilter");
      expect(filters).toHaveLength(2);
      for (const filter of filters) {
        expect((filter as unknown as { DependsOn: string[] }).DependsOn).toContain("EksCloudWatchLogsInvokes");
      }
    });

    it("deliveries that fail for good are kept whole, in a bucket that deletes them after 30 days", () => {
      stack.template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
        MaximumEventAgeInSeconds: 21600,
        MaximumRetryAttempts: 2,
        DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      });
      stack.template.hasResourceProperties("AWS::S3::Bucket", {
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        LifecycleConfiguration: {
          Rules: Match.arrayWith([Match.objectLike({ Prefix: "aws/lambda/", ExpirationInDays: 30 })]),
        },
      });
    });
  });

  describe("GKE", () => {
    it("queues encrypted, gives up after ten attempts, and waits six times the function's timeout", () => {
      const [, queue] = ofType(stack, "AWS::SQS::Queue").find(([, { RedrivePolicy }]) => RedrivePolicy !== undefined)!;
      const [, batch] = functionNamed(stack, "gke-batch");
      expect(queue.RedrivePolicy.maxReceiveCount).toBe(10);
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * batch.Timeout);
      expect(queue.KmsMasterKeyId).toBeDefined();
      stack.template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
        FunctionName: { Ref: functionNamed(stack, "gke-batch")[0] },
        BatchSize: 1000,
        MaximumBatchingWindowInSeconds: 20,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      });
    });
  });

  describe("AKS by Kafka", () => {
    it("says that it is experimental, speaks PLAIN, and keeps what failed", () => {
      stack.template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
        SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ["example-hubs.servicebus.windows.net:9093"] } },
        SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: "clustertrail" },
        SourceAccessConfigurations: [{ Type: "BASIC_AUTH", URI: Match.stringLikeRegexp(":secret:hubs-") }],
        StartingPosition: "TRIM_HORIZON",
        Topics: ["kube-audit"],
        DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      });
      stack.template.hasOutput("AksStatus", { Value: "experimental" });
      stack.template.hasResourceProperties("AWS::Lambda::Function", {
        FunctionName: "trail-aks-kafka",
        Description: Match.stringLikeRegexp("experimental"),
      });
    });
  });

  describe("webhook", () => {
    it("has a generated token that stands nowhere in the template", () => {
      stack.template.hasResourceProperties("AWS::SecretsManager::Secret", {
        GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
        SecretString: Match.absent(),
        KmsKeyId: Match.anyValue(),
      });
    });

    it("only the two functions that check their callers have a public address", () => {
      const targets = ofType(stack, "AWS::Lambda::Url").map(
        ([, { TargetFunctionArn }]) => TargetFunctionArn["Fn::GetAtt"][0],
      );
      expect(targets.sort()).toEqual(
        [functionNamed(stack, "webhook")[0], functionNamed(stack, "gke-endpoint")[0]].sort(),
      );
    });
  });
}

// biome-ignore lint/suspicious/noExplicitAny: template
export function statementsOf(stack: Stack, name: string): any[] {
  const role = functionNamed(stack, name)[1].Role["Fn::GetAtt"][0];
  return ofType(stack, "AWS::IAM::Policy")
    .filter(([, { Roles }]) => Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(([, policy]) => policy.PolicyDocument.Statement);
}
