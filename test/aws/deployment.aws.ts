import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeSubscriptionFiltersCommand,
  PutSubscriptionFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { beforeAll, describe, expect, it } from "vitest";
import { createBatchHandler } from "../../functions/gke/batch.ts";
import { openSink } from "../../functions/open-sink.ts";
import { readSecret } from "../../functions/secret.ts";
import { FunctionAssets } from "../../infra/function-assets.ts";
import { createRedactor } from "../../shared/redact/create.ts";
import { document, logEvent, payload } from "../functions/eks/envelopes.ts";
import { base64, entry, numbered } from "../functions/gke/entries.ts";
import { text } from "../functions/sample-events.ts";
import { fullConfig } from "../infra/config.ts";
import { resolve } from "../infra/resolve.ts";
import { fakeBundles, ofType, type Stack, synthesise } from "../infra/synth.ts";
import { EMPTY_ZIP, keysOf, lifecycleRule, linesOf, s3 } from "./buckets.ts";
import { bootstrap, type Deployed, deploy, parameter } from "./emulator.ts";

const LAKE = "trail-lake-111122223333-eu-west-1";
const QUARANTINE = `${LAKE}-quarantine`;
const ASSETS = "cdk-hnb659fds-assets-111122223333-eu-west-1";
const BUNDLES = join(import.meta.dirname, "..", "..", "dist", "functions");

// The emulator names its queues by Amazon's host, which must not be asked.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

/** The emulator makes these without giving them a name. */
const NAMELESS: ReadonlySet<string> = new Set(["AWS::Lambda::Permission", "AWS::CDK::Metadata"]);

let lake: Stack;
let ingest: Stack;
let deployedLake: Deployed;
let deployed: Deployed;

/** Uploads what `cdk deploy` would: the functions' code. The emulator keeps it and never runs it. */
async function publishAssets(stack: Stack): Promise<void> {
  for (const [, { Code }] of ofType(stack, "AWS::Lambda::Function")) {
    await s3.send(new PutObjectCommand({ Bucket: ASSETS, Key: Code.S3Key, Body: EMPTY_ZIP }));
  }
}

/** Sets the variables of a deployed function, for the entry file that is imported next. */
function become(name: string): void {
  const [, { Environment }] = ofType(ingest, "AWS::Lambda::Function").find(
    ([, { FunctionName }]) => FunctionName === `trail-${name}`,
  )!;
  const variables = resolve(ingest, Environment.Variables, deployed.physical) as Record<string, string>;
  for (const key of Object.keys(process.env)) if (key.startsWith("CLUSTERTRAIL_")) delete process.env[key];
  const { CLUSTERTRAIL_FINGERPRINT_SECRET_ARN: _made_elsewhere, NODE_OPTIONS: _node, ...ours } = variables;
  Object.assign(process.env, ours, { CLUSTERTRAIL_S3_PATH_STYLE: "1" });
}

beforeAll(async () => {
  const assets = existsSync(BUNDLES) ? new FunctionAssets(BUNDLES) : fakeBundles();
  const { stacks } = synthesise(fullConfig(), assets);
  lake = stacks.get("111122223333/trail-lake")!;
  ingest = stacks.get("111122223333/trail-ingest")!;
  await bootstrap();
  await s3.send(
    new CreateBucketCommand({ Bucket: ASSETS, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
  );
  await publishAssets(ingest);
  deployedLake = await deploy(lake, lake.template.toJSON());
  deployed = await deploy(ingest, ingest.template.toJSON());
});

describe("CloudFormation", () => {
  it("makes the lake, the functions, the queues and what they share", () => {
    for (const [stack, { physical }] of [
      [lake, deployedLake],
      [ingest, deployed],
    ] as const) {
      const missing = Object.entries(stack.resources)
        .filter(([id, { Type }]) => !physical.has(id) && !NAMELESS.has(Type))
        .map(([id]) => id);
      expect(missing).toEqual([]);
    }
    const leftOut = [...new Set([...deployedLake.leftOut, ...deployed.leftOut])];
    process.stdout.write(`not known to the emulator's CloudFormation: ${leftOut.join(", ")}\n`);
  });

  it("publishes parameters for Terraform", async () => {
    expect(await parameter("/trail/lake/url")).toBe(`s3://${LAKE}`);
    expect(await parameter("/trail/writers/gke/role-arn")).toBe("arn:aws:iam::111122223333:role/trail-writer-gke");
  });

  it("ties the queue to its dead letters", async () => {
    const QueueUrl = queueUrl();
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(JSON.parse(Attributes!["RedrivePolicy"]!).maxReceiveCount).toBe(10);
    expect(Attributes!["VisibilityTimeout"]).toBe("740");
  });
});

describe("the lake's bucket", () => {
  it("is encrypted with the key of the same stack", async () => {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: LAKE }));
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe(
      "aws:kms",
    );
  });

  // The emulator's CloudFormation reads neither lifecycle nor policy of a bucket: both are put by the client.
  it("takes the lifecycle and gives it back", async () => {
    const [, { LifecycleConfiguration }] = ofType(lake, "AWS::S3::Bucket").find(
      ([, { BucketName }]) => BucketName === LAKE,
    )!;
    await s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: LAKE,
        LifecycleConfiguration: { Rules: LifecycleConfiguration.Rules.map(lifecycleRule) },
      }),
    );
    const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: LAKE }));
    const tiers = Rules?.find(({ ID }) => ID === "events-tiers");
    expect(tiers?.Transitions?.map(({ Days, StorageClass }) => [Days, StorageClass])).toEqual([
      [90, "STANDARD_IA"],
      [365, "GLACIER"],
    ]);
    expect(Rules?.find(({ ID }) => ID === "archive-expire")?.Expiration?.Days).toBe(2555);
    expect(Rules?.find(({ ID }) => ID === "clean-up")?.NoncurrentVersionExpiration?.NoncurrentDays).toBe(30);
  });

  it.each([LAKE, QUARANTINE])("%s takes the policy and gives it back", async (Bucket) => {
    const [id] = ofType(lake, "AWS::S3::Bucket").find(([, { BucketName }]) => BucketName === Bucket)!;
    const [, { PolicyDocument }] = ofType(lake, "AWS::S3::BucketPolicy").find(
      ([, policy]) => policy.Bucket.Ref === id,
    )!;
    const policy = resolve(lake, PolicyDocument, deployedLake.physical);
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
    const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    expect(JSON.parse(Policy!)).toEqual(policy);
    // The emulator knows no conditions and would refuse every put; test/infra evaluates the policy instead.
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
  });

  it("refuses a conditional put of a name that is taken, twice", async () => {
    const put = () =>
      s3.send(new PutObjectCommand({ Bucket: LAKE, Key: "events/v1/taken", Body: "x", IfNoneMatch: "*" }));
    await put();
    for (let i = 0; i < 2; i++) await expect(put()).rejects.toMatchObject({ name: "PreconditionFailed" });
  });
});

describe("EKS", () => {
  it("the log group takes the subscription filter", async () => {
    const logs = new CloudWatchLogsClient({});
    const [, filter] = ofType(ingest, "AWS::Logs::SubscriptionFilter")[0]!;
    const { LogGroupName: logGroupName, FilterName: filterName, FilterPattern: filterPattern, DestinationArn } = filter;
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(
      new PutSubscriptionFilterCommand({ logGroupName, filterName, filterPattern, destinationArn: DestinationArn }),
    );
    const { subscriptionFilters } = await logs.send(new DescribeSubscriptionFiltersCommand({ logGroupName }));
    expect(subscriptionFilters?.map((found) => found.filterPattern)).toEqual(['"audit.k8s.io"']);
  });

  it("a delivery lands once, however often it comes, and what is no record goes to the other bucket", async () => {
    become("eks-ingest");
    const { handler } = await import("../../functions/eks/lambda.ts");
    const delivery = payload(document([logEvent(1), logEvent(2), logEvent(3, '{"kind":"Event" broken')]));
    for (let i = 0; i < 2; i++) await handler(delivery, { awsRequestId: "request-1" });
    const keys = await keysOf(LAKE, "events/v1/provider=eks/account=111122223333/region=eu-west-1/cluster_name=prod/");
    expect(keys).toHaveLength(1);
    expect((await linesOf(LAKE, keys[0]!)).length).toBeGreaterThanOrEqual(2);
    expect(await keysOf(LAKE, "quarantine/")).toEqual([]);
    expect(await keysOf(QUARANTINE, "quarantine/v1/")).toHaveLength(1);
  });
});

const queueUrl = () =>
  deployed.physical.get(ofType(ingest, "AWS::SQS::Queue").find(([, queue]) => queue.RedrivePolicy)![0])!;

describe("GKE", () => {
  it("a queue's batch with one message that fails: the others are stored and only that one stays", async () => {
    const QueueUrl = queueUrl();
    const poison = entry(
      {},
      { resource: { labels: { cluster_name: "poison", project_id: "p", location: "x" }, type: "k8s_cluster" } },
    );
    for (const [i, value] of [numbered(1), numbered(2), poison, numbered(3)].entries()) {
      const message = { data: base64(value), messageId: String(i), publishTime: "2026-11-22T01:02:06Z" };
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ message, subscription: "s" }) }));
    }
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(Messages).toHaveLength(4);
    const sink = await openSink({ lake: `s3://${LAKE}`, quarantine: `s3://${QUARANTINE}` }, process.env);
    const failing = {
      put: (key: string, body: Uint8Array) =>
        key.includes("cluster_name=poison") ? Promise.reject(new TypeError("a bug")) : sink.put(key, body),
    };
    const context = { lake: failing, redactor: createRedactor({}), source: {} };
    const handler = createBatchHandler((work) => work(context));
    const { batchItemFailures } = await handler({
      Records: Messages!.map(({ MessageId, Body }) => ({ messageId: MessageId!, body: Body! })),
    });
    const poisoned = Messages!.find(({ Body }) => JSON.parse(Body!).message.messageId === "2")!;
    expect(batchItemFailures).toEqual([{ itemIdentifier: poisoned.MessageId }]);
    // What Lambda does with the answer.
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { MessageId, ReceiptHandle } of Messages!) {
      if (!failed.has(MessageId!))
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: ReceiptHandle! }));
    }
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
    expect(Number(Attributes!["ApproximateNumberOfMessagesNotVisible"])).toBe(1);
    const keys = await keysOf(LAKE, "events/v1/provider=gke/");
    const lines = (await Promise.all(keys.map((key) => linesOf(LAKE, key)))).flat();
    expect(new Set(lines.map((line) => JSON.parse(line).auditID)).size).toBe(3);
  });
});

describe("redrive", () => {
  it("feeds a failed delivery in, removes it, and finds what is stored already", async () => {
    become("redrive");
    const url = process.env["CLUSTERTRAIL_FAILED"]!;
    const Bucket = url.slice("s3://".length).split("/")[0]!;
    const record = (n: number) =>
      JSON.stringify({
        version: "1.0",
        timestamp: "2026-11-22T01:20:00.000Z",
        requestContext: {
          requestId: `request-${n}`,
          functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:trail-eks-ingest:$LATEST",
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: payload(document([logEvent(n), logEvent(n + 1)], { logGroup: "/aws/eks/failed/cluster" })),
      });
    const Key = "aws/lambda/async/trail-eks-ingest/2026/11/22/2026-11-22T01.20.00-1b2c";
    const { handler } = await import("../../functions/redrive/lambda.ts");
    const invocation = { getRemainingTimeInMillis: () => 600_000 };
    for (let i = 0; i < 2; i++) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: record(10) }));
      await handler({}, invocation);
      expect(await keysOf(Bucket)).toEqual([]);
    }
    const keys = await keysOf(
      LAKE,
      "events/v1/provider=eks/account=111122223333/region=eu-west-1/cluster_name=failed/",
    );
    expect(keys).toHaveLength(1);
    expect(await linesOf(LAKE, keys[0]!)).toHaveLength(2);
  });
});

describe("webhook", () => {
  it("reads its token from Secrets Manager, refuses a wrong one and stores with the right one", async () => {
    become("webhook");
    const token = (await readSecret(process.env["CLUSTERTRAIL_TOKEN_SECRET_ARN"]!)).text;
    const { handler } = await import("../../functions/kubernetes/lambda.ts");
    const post = (authorization: string) =>
      handler({
        rawPath: "/",
        requestContext: { http: { method: "POST" } },
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items: [JSON.parse(text(20))] }),
      });
    expect((await post("Bearer wrong")).statusCode).toBe(401);
    expect(await keysOf(LAKE, "events/v1/provider=kubernetes/")).toEqual([]);
    expect((await post(`Bearer ${token}`)).statusCode).toBe(200);
    expect(await keysOf(LAKE, "events/v1/provider=kubernetes/")).toHaveLength(1);
  });
});
