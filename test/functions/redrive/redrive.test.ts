import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSubscriptionHandler } from "../../../functions/eks/handler.ts";
import { readFailedInvocation } from "../../../functions/redrive/record.ts";
import { redrive } from "../../../functions/redrive/redrive.ts";
import { openFailedStore } from "../../../functions/redrive/store.ts";
import { openLake } from "../../../shared/lake/open.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { createRedactor } from "../../../shared/redact/create.ts";
import { eventsOf, filesBelow, run, scratchFolder } from "../../cli/capture.ts";
import { kafkaEvents } from "../../simulator/envelopes/aks.ts";
import { eksSubscription } from "../../simulator/envelopes/eks.ts";
import { simulate } from "../../simulator/traffic.ts";

const ARN = "arn:aws:lambda:eu-west-1:111122223333:function:clustertrail-eks-ingest:$LATEST";
const eksPayloads = [...eksSubscription(simulate({ seed: "redrive", count: 200, provider: "eks" }))].map(
  (d) => d.payload,
);
/** The one with the most in it: others hold a component's log only. */
const fullest = eksPayloads.reduce((a, b) => (a.awslogs.data.length >= b.awslogs.data.length ? a : b));
const [kafka] = [...kafkaEvents(simulate({ seed: "redrive", count: 100, provider: "aks" }))];

const async = (payload: unknown, requestId: string) => ({
  version: "1.0",
  timestamp: "2026-11-22T01:02:03.456Z",
  requestContext: { requestId, functionArn: ARN, condition: "RetriesExhausted", approximateInvokeCount: 3 },
  requestPayload: payload,
  responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
  responsePayload: { errorMessage: "lake full" },
});

const mapping = (payload: unknown) => ({
  requestContext: {
    requestId: "kafka-1",
    functionArn: ARN,
    condition: "RetryAttemptsExhausted",
    approximateInvokeCount: 1,
  },
  responseContext: null,
  version: "1.0",
  KafkaBatchInfo: { batchSize: 1 },
  payload,
});

const folder = scratchFolder();
let runs = 0;

function failed(records: Record<string, unknown>) {
  const home = join(folder, String(runs++));
  for (const [key, record] of Object.entries(records)) {
    const path = join(home, "failed", key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof record === "string" ? record : JSON.stringify(record));
  }
  return { lake: join(home, "lake"), failed: join(home, "failed") };
}

const KEY = (n: number) => `aws/lambda/async/clustertrail-eks-ingest/2026/11/22/2026-11-22T01.02.0${n}-0b5c2b0e`;
const contextOf = async (lake: string) => ({ lake: await openLake(lake), redactor: createRedactor(), source: {} });

describe("redrive", () => {
  it("stores what the first try would have stored, and removes the records", async () => {
    const places = failed(
      Object.fromEntries(eksPayloads.map((payload, i) => [KEY(i), async(payload, `request-${i}`)])),
    );
    const first = join(places.lake, "../first");
    const handler = createSubscriptionHandler({ ...(await contextOf(first)), source: { region: "eu-west-1" } });
    for (const [i, payload] of eksPayloads.entries()) await handler(payload, { awsRequestId: `request-${i}` });
    const outcome = await redrive(await openFailedStore(places.failed), await contextOf(places.lake), { eks: {} });
    expect(outcome).toMatchObject({
      found: eksPayloads.length,
      redriven: eksPayloads.length,
      left: {},
      complete: true,
    });
    expect(filesBelow(places.failed)).toEqual([]);
    expect(eventsOf(places.lake).length).toBeGreaterThan(50);
    expect(filesBelow(places.lake)).toEqual(filesBelow(first));
    // Once more over what the first try did store: nothing new.
    const again = failed({ [KEY(0)]: async(eksPayloads.at(-1), `request-${eksPayloads.length - 1}`) });
    const repeated = await redrive(await openFailedStore(again.failed), await contextOf(first), { eks: {} });
    expect(repeated.report.stored).toBe(0);
    expect(filesBelow(first)).toEqual(filesBelow(places.lake));
  });

  it("takes the payload of an event source mapping, as text or as an object", async () => {
    for (const payload of [kafka!.payload, JSON.stringify(kafka!.payload)]) {
      const places = failed({ "aws/lambda/0b5c/x": mapping(payload) });
      const outcome = await redrive(await openFailedStore(places.failed), await contextOf(places.lake), { eks: {} });
      expect(outcome.redriven).toBe(1);
      expect(eventsOf(places.lake).length).toBeGreaterThan(10);
    }
  });

  it("leaves what it cannot use where it is, and says why", async () => {
    const places = failed({
      a: mapping(undefined),
      b: "not json",
      c: async({ some: "thing" }, "r"),
      d: async(eksPayloads[0], "r"),
    });
    const outcome = await redrive(await openFailedStore(places.failed), await contextOf(places.lake), { eks: {} });
    expect(outcome).toMatchObject({ found: 4, redriven: 1, left: { "no-payload": 2, unrecognised: 1 } });
    expect(filesBelow(places.failed)).toEqual(["a", "b", "c"]);
  });

  it("removes nothing that the lake did not take", async () => {
    const places = failed({ a: async(fullest, "r"), b: async(fullest, "r") });
    const lake = { put: () => Promise.reject(new StorageError("lake full", { retryable: true })) };
    const context = { lake, redactor: createRedactor(), source: {} };
    await expect(redrive(await openFailedStore(places.failed), context, { eks: {} })).rejects.toThrow("lake full");
    expect(filesBelow(places.failed)).toEqual(["a", "b"]);
  });

  it("goes on after a record that brings out a bug, and keeps it", async () => {
    const places = failed({ a: async(fullest, "r"), b: async(fullest, "r") });
    let calls = 0;
    const redactor = {
      redact: () => {
        if (calls++ === 0) throw new TypeError("bug");
        return undefined;
      },
    };
    const context = { ...(await contextOf(places.lake)), redactor };
    const outcome = await redrive(await openFailedStore(places.failed), context, { eks: {} });
    expect(outcome).toMatchObject({ redriven: 1, left: { "internal-error": 1 } });
    expect(filesBelow(places.failed)).toEqual(["a"]);
  });

  it("ends early when it is told to", async () => {
    const places = failed({ a: async(eksPayloads[0], "r"), b: async(eksPayloads[0], "r") });
    const store = await openFailedStore(places.failed);
    let left = 1;
    const outcome = await redrive(store, await contextOf(places.lake), { eks: {}, mayContinue: () => left-- > 0 });
    expect(outcome).toMatchObject({ found: 1, redriven: 1, complete: false });
  });

  it("reads no record where there is none", () => {
    for (const text of ["", "[]", "null", '"x"', '{"requestPayload":"text"}', '{"payload":"{"}']) {
      expect(readFailedInvocation(Buffer.from(text))).toBeUndefined();
    }
  });
});

describe("clustertrail redrive", () => {
  it("dry run says what there is; the run stores it; records left behind make exit code 3", async () => {
    const places = failed({ a: async(fullest, "r") });
    const argv = ["redrive", "--lake", places.lake, "--failed", places.failed];
    const dry = await run(...argv, "--dry-run");
    expect(dry).toMatchObject({ code: 0, stderr: "" });
    expect(dry.stdout).toContain("1 can be fed in");
    expect(filesBelow(places.lake)).toEqual([]);
    const kept = await run(...argv, "--keep", "--format", "json");
    expect(JSON.parse(kept.stdout)).toMatchObject({ found: 1, redriven: 1, left: {} });
    expect(filesBelow(places.failed)).toEqual(["a"]);
    const done = await run(...argv);
    expect(done.stdout).toContain("1 fed in");
    expect(filesBelow(places.failed)).toEqual([]);
    writeFileSync(join(places.failed, "x"), "{}");
    const left = await run(...argv);
    expect(left.code).toBe(3);
    expect(left.stdout).toContain("left: 1 without a payload");
  });

  it("refuses to be called wrongly", async () => {
    expect((await run("redrive")).code).toBe(2);
    expect((await run("redrive", "--help")).stdout).toContain("aws/lambda");
  });
});
