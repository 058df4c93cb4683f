import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FAKE_BUCKET, FAKE_CREDENTIALS, FakeS3 } from "../shared/lake/fake-s3.ts";
import { kafkaEvents } from "../simulator/envelopes/aks.ts";
import { eksSubscription } from "../simulator/envelopes/eks.ts";
import { gkePush } from "../simulator/envelopes/gke.ts";
import { eventLists } from "../simulator/envelopes/kubernetes.ts";
import { simulate } from "../simulator/traffic.ts";
import { type BuiltFunctions, builtFunctions } from "./built.ts";
import { RuntimeApi } from "./runtime-api.ts";
import { Stored } from "./stored.ts";

const AUDIENCE = "https://gke.example.com/push";
const EMAIL = "push@example-project.iam.gserviceaccount.com";
const TOKEN_SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:clustertrail-token-AbCdEf";

describe("Lambda bundles under the Runtime API", () => {
  let functions: BuiltFunctions;
  let s3: FakeS3;
  let stored: Stored;
  const running: RuntimeApi[] = [];

  beforeAll(async () => {
    functions = await builtFunctions();
  });
  beforeEach(async () => {
    s3 = await new FakeS3().start();
    stored = new Stored(s3);
  });
  afterEach(async () => {
    for (const api of running.splice(0)) await api.stop();
    await s3.stop();
  });

  async function start(name: string, env: Record<string, string> = {}, preload?: string): Promise<RuntimeApi> {
    const common = {
      CLUSTERTRAIL_LAKE: `s3://${FAKE_BUCKET}/lake`,
      CLUSTERTRAIL_S3_PATH_STYLE: "1",
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: FAKE_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: FAKE_CREDENTIALS.secretAccessKey,
    };
    const api = await new RuntimeApi().start(functions.folder(name), { ...common, ...env }, preload);
    running.push(api);
    return api;
  }

  it("eks-ingest stores a payload once, publishes metrics, and fails only when the lake refuses", async () => {
    const api = await start("eks-ingest");
    const payload = fullPayload("lambda-host");
    const putsThatFail = { left: 0 };
    s3.options = {
      faultOf: ({ method }) =>
        method === "PUT" && putsThatFail.left-- > 0 ? { kind: "answer", status: 403, code: "AccessDenied" } : undefined,
    };
    putsThatFail.left = 1;
    const refused = await api.invoke(payload, "11111111-1111-1111-1111-111111111111");
    expect(refused).toMatchObject({ kind: "error", value: { errorType: "StorageError" } });
    putsThatFail.left = 0;
    const retried = await api.invoke(payload, "11111111-1111-1111-1111-111111111111");
    expect(retried).toEqual({ kind: "response", value: null });
    const count = stored.ids().length;
    expect(count).toBeGreaterThan(10);
    const objects = s3.objects.size;
    await api.invoke(payload, "22222222-2222-2222-2222-222222222222");
    expect(s3.objects.size).toBe(objects);
    // A payload that holds nothing of use is quarantined, not retried.
    expect(await api.invoke({ awslogs: { data: "bm90IGd6aXA=" } })).toMatchObject({ kind: "response" });
    // The log comes by another pipe than the answer.
    await expect.poll(() => api.log).toContain("bad-gzip");
    const lines = api.log.split("\n").filter((line) => line.startsWith('{"_aws"'));
    const metrics = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(metrics.some((metric) => metric["StorageFailures"] === 1)).toBe(true);
    expect(metrics.some((metric) => metric["Stored"] === count && typeof metric["cluster"] === "string")).toBe(true);
    expect(metrics.some((metric) => metric["AlreadyStored"] === count)).toBe(true);
    expect(metrics.some((metric) => metric["reason"] === "bad-gzip" && metric["Quarantined"] === 1)).toBe(true);
  });

  it("says at start what is missing", async () => {
    const api = await start("eks-ingest", { CLUSTERTRAIL_LAKE: "" });
    await api.ended;
    expect(api.initError?.errorMessage).toContain("CLUSTERTRAIL_LAKE is missing");
  });

  it("gke-batch stores the pushes of a queue batch and gives all of it back when the lake refuses", async () => {
    const api = await start("gke-batch");
    const bodies = [...gkePush(simulate({ seed: "queue", count: 60 }))].map(({ payload }) => JSON.stringify(payload));
    const batch = { Records: [...bodies, "not json"].map((body, i) => ({ messageId: `m${i}`, body })) };
    s3.options = { faultOf: () => ({ kind: "answer", status: 403, code: "AccessDenied" }) };
    const refused = await api.invoke(batch);
    expect(refused.value).toEqual({
      batchItemFailures: batch.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
    s3.options = {};
    expect((await api.invoke(batch)).value).toEqual({ batchItemFailures: [] });
    expect(stored.ids().length).toBeGreaterThan(20);
    expect([...s3.objects.keys()].filter((key) => key.includes("quarantine/"))).toHaveLength(1);
  });

  it("aks-kafka stores a Kafka batch", async () => {
    const api = await start("aks-kafka");
    const [delivery] = [...kafkaEvents(simulate({ seed: "kafka", count: 200, provider: "aks" }))];
    expect(await api.invoke(delivery!.payload)).toEqual({ kind: "response", value: null });
    expect(stored.ids().length).toBeGreaterThan(10);
  });

  it("redrive feeds a failed payload in again and leaves its record when the lake refuses", async () => {
    const key = "failed/aws/lambda/async/clustertrail-eks-ingest/2026/11/22/2026-11-22T01.02.03-0b5c";
    s3.objects.set(
      key,
      Buffer.from(
        JSON.stringify({ version: "1.0", requestContext: { requestId: "r-1" }, requestPayload: fullPayload("failed") }),
      ),
    );
    const api = await start("redrive", { CLUSTERTRAIL_FAILED: `s3://${FAKE_BUCKET}/failed/aws/lambda/` });
    const deleted: string[] = [];
    s3.options = {
      faultOf: ({ method, key: at }) => {
        if (method === "DELETE") deleted.push(at);
        return method === "PUT" && deleted.length === 0 && refusing
          ? { kind: "answer", status: 403, code: "AccessDenied" }
          : undefined;
      },
    };
    let refusing = true;
    expect(await api.invoke({})).toMatchObject({ kind: "error", value: { errorType: "StorageError" } });
    expect(deleted).toEqual([]);
    refusing = false;
    expect((await api.invoke({})).value).toEqual({ found: 1, redriven: 1, left: {}, complete: true });
    expect(deleted).toEqual([key]);
    expect(stored.ids().length).toBeGreaterThan(5);
  });

  it("webhook wants the token, and answers 200 only for what is stored", async () => {
    const secrets = await answering((body) =>
      body.includes(TOKEN_SECRET) ? { SecretString: "t0ken-for-tests", VersionId: "v1" } : {},
    );
    const api = await start("webhook", {
      CLUSTERTRAIL_TOKEN_SECRET_ARN: TOKEN_SECRET,
      CLUSTERTRAIL_CLUSTER: "lab",
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    });
    const [list] = [...eventLists(simulate({ seed: "webhook", count: 50, provider: "kubernetes" }))];
    const event = (token: string | undefined, more: object = {}) => ({
      rawPath: "/",
      requestContext: { http: { method: "POST" } },
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      body: JSON.stringify(list!.payload),
      isBase64Encoded: false,
      ...more,
    });
    expect((await api.invoke(event(undefined))).value).toMatchObject({ statusCode: 401 });
    expect((await api.invoke(event("wrong"))).value).toMatchObject({ statusCode: 401 });
    expect(s3.requests).toBe(0);
    expect((await api.invoke(event("t0ken-for-tests"))).value).toMatchObject({ statusCode: 200 });
    expect([...s3.objects.keys()].every((key) => key.includes("cluster_name=lab"))).toBe(true);
    s3.options = { faultOf: () => ({ kind: "answer", status: 403, code: "AccessDenied" }) };
    const other = event("t0ken-for-tests", { rawPath: "/clusters/edge" });
    expect((await api.invoke(other)).value).toMatchObject({ statusCode: 503 });
    s3.options = {};
    expect((await api.invoke(other)).value).toMatchObject({ statusCode: 200 });
    expect([...s3.objects.keys()].some((key) => key.includes("cluster_name=edge"))).toBe(true);
    secrets.server.closeAllConnections();
    secrets.server.close();
  });

  it("gke-endpoint queues a push whose token is good, and 2xx waits for the queue", async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "RS256", use: "sig" }] });
    const queued: string[] = [];
    let accept = false;
    const queue = await answering((body) => {
      if (!accept) return undefined;
      const { MessageBody } = JSON.parse(body) as { MessageBody: string };
      queued.push(MessageBody);
      return { MessageId: "m-1", MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
    });
    const env = {
      CLUSTERTRAIL_QUEUE_URL: `${queue.url}/111122223333/pushes`,
      CLUSTERTRAIL_OIDC_AUDIENCE: AUDIENCE,
      CLUSTERTRAIL_OIDC_EMAIL: EMAIL,
      AWS_ENDPOINT_URL_SQS: queue.url,
      TEST_GOOGLE_KEYS: keys,
    };
    const api = await start("gke-endpoint", env, join(import.meta.dirname, "fake-google-keys.mjs"));
    const token = await new SignJWT({ email: EMAIL, email_verified: true })
      .setProtectedHeader({ alg: "RS256", kid: "k1" })
      .setIssuer("https://accounts.google.com")
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(privateKey);
    const event = (authorization: string) => ({
      requestContext: { http: { method: "POST" } },
      headers: { authorization },
      body: '{"message":{"data":"e30=","messageId":"1"},"subscription":"s"}',
    });
    expect((await api.invoke(event("Bearer a.b.c"))).value).toMatchObject({ statusCode: 401 });
    expect((await api.invoke(event(`Bearer ${token}`))).value).toMatchObject({ statusCode: 503 });
    expect(queued).toEqual([]);
    accept = true;
    expect((await api.invoke(event(`Bearer ${token}`))).value).toEqual({ statusCode: 204 });
    expect(queued).toEqual([event("").body]);
    queue.server.closeAllConnections();
    queue.server.close();
  });
});

/** The subscription payload with the most in it: the first may be a reachability probe. */
function fullPayload(seed: string): { awslogs: { data: string } } {
  const all = [...eksSubscription(simulate({ seed, count: 300, provider: "eks" }))].map(({ payload }) => payload);
  return all.reduce((a, b) => (a.awslogs.data.length >= b.awslogs.data.length ? a : b));
}

/** A JSON service of AWS on loopback; `undefined` is answered with 500. */
async function answering(answer: (body: string) => object | undefined): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString("utf8");
    const value = answer(body);
    response.writeHead(value === undefined ? 500 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(value ?? { __type: "InternalFailure" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
