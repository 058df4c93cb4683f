import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FAKE_BUCKET, FakeS3 } from "../shared/lake/fake-s3.ts";
import { eventHubMessages } from "../simulator/envelopes/aks.ts";
import { simulate } from "../simulator/traffic.ts";
import { builtFunctions } from "./built.ts";
import { FAKE_IDENTITY_HEADER, FakeIdentity } from "./fake-identity.ts";
import { Stored } from "./stored.ts";

const AUDIENCE = "api://clustertrail-lake";
const ROLE = "arn:aws:iam::111122223333:role/clustertrail-writer-aks";

interface Answer {
  readonly ok: boolean;
  readonly logs: string[];
  readonly error?: string;
}

describe("Azure host through the programming model of @azure/functions", () => {
  let folder: string;
  let identity: FakeIdentity;
  let s3: FakeS3;
  let stored: Stored;
  let worker: ChildProcess;
  let greeting: { registered: Record<string, unknown>[]; model: string };

  beforeAll(async () => {
    folder = (await builtFunctions()).folder("azure");
    identity = await new FakeIdentity().start();
  });
  afterAll(() => identity.stop());
  beforeEach(async () => {
    s3 = await new FakeS3().start();
    stored = new Stored(s3);
    worker = fork(join(import.meta.dirname, "azure-worker.cjs"), [join(folder, "index.cjs")], {
      execArgv: [],
      env: {
        CLUSTERTRAIL_LAKE: `s3://${FAKE_BUCKET}/lake`,
        CLUSTERTRAIL_AWS_ROLE_ARN: ROLE,
        CLUSTERTRAIL_AWS_AUDIENCE: AUDIENCE,
        CLUSTERTRAIL_AWS_REGION: "eu-west-1",
        CLUSTERTRAIL_S3_PATH_STYLE: "1",
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ENDPOINT_URL_STS: `http://${identity.host}`,
        IDENTITY_ENDPOINT: `http://${identity.host}/msi/token`,
        IDENTITY_HEADER: FAKE_IDENTITY_HEADER,
      },
    });
    [greeting] = (await once(worker, "message")) as [typeof greeting];
  });
  afterEach(async () => {
    worker.kill("SIGKILL");
    await s3.stop();
  });

  async function invoke(messages: readonly string[]): Promise<Answer> {
    const [answer] = (await Promise.all([
      once(worker, "message"),
      worker.send({
        name: "clustertrail",
        data: { collectionString: { string: messages } },
        triggerMetadata: {
          PartitionContext: { json: JSON.stringify({ PartitionId: "2" }) },
          SequenceNumberArray: { json: JSON.stringify(messages.map((_, i) => 100 + i)) },
          EnqueuedTimeUtcArray: { json: JSON.stringify(messages.map(() => "2026-11-22T00:10:00.5Z")) },
        },
      }),
    ])) as [[Answer], unknown];
    return answer[0];
  }

  const batch = () =>
    [...eventHubMessages(simulate({ seed: "azure-host", count: 120, provider: "aks" }))].map(({ payload }) =>
      JSON.stringify(payload),
    );

  it("registers batches, and a retry policy that never gives up", () => {
    expect(greeting.model).toBe("@azure/functions");
    expect(greeting.registered).toHaveLength(1);
    const [{ name, bindings, retryOptions }] = greeting.registered as [Record<string, Record<string, unknown>>];
    expect(name).toBe("clustertrail");
    expect(Object.values(bindings!)).toMatchObject([
      { type: "eventHubTrigger", direction: "in", cardinality: "many", eventHubName: "%CLUSTERTRAIL_EVENTHUB_NAME%" },
    ]);
    expect(retryOptions).toMatchObject({
      retryStrategy: "exponentialBackoff",
      maxRetryCount: -1,
      minimumInterval: { seconds: 2 },
      maximumInterval: { seconds: 120 },
    });
  });

  it("stores a batch with the managed identity's credentials, and again without doubling it", async () => {
    const messages = batch();
    const first = await invoke(messages);
    expect(first).toMatchObject({ ok: true });
    expect(JSON.parse(first.logs[0]!)).toMatchObject({ severity: "INFO" });
    const count = stored.ids().length;
    expect(count).toBeGreaterThan(20);
    const objects = s3.objects.size;
    expect((await invoke(messages)).ok).toBe(true);
    expect(s3.objects.size).toBe(objects);
    expect(identity.audiences.at(-1)).toBe(AUDIENCE);
    expect(identity.exchanges.at(-1)).toMatchObject({ role: ROLE, session: "clustertrail-aks" });
  });

  it("throws when the lake refuses, so that the checkpoint stays, and stores the batch when it comes again", async () => {
    const messages = batch();
    s3.options = { faultOf: () => ({ kind: "answer", status: 403, code: "AccessDenied" }) };
    const refused = await invoke(messages);
    expect(refused.ok).toBe(false);
    expect(JSON.parse(refused.logs[0]!)).toMatchObject({ severity: "ERROR" });
    expect(s3.objects.size).toBe(0);
    s3.options = {};
    expect((await invoke(messages)).ok).toBe(true);
    expect(stored.ids().length).toBeGreaterThan(20);
  });

  it("quarantines what cannot be used, and does not throw for it", async () => {
    const answer = await invoke(["no json at all", '{"records":"not a list"}', '{"records":[]}']);
    expect(answer).toMatchObject({ ok: true });
    expect(JSON.parse(answer.logs[0]!)).toMatchObject({ severity: "WARNING" });
    expect(answer.logs.join("")).not.toContain("no json at all");
    expect([...s3.objects.keys()].some((key) => key.includes("quarantine/"))).toBe(true);
  });
});
