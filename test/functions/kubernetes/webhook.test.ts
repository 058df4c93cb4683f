import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { FunctionUrlEvent } from "../../../functions/http/function-url.ts";
import { SecretToken } from "../../../functions/kubernetes/token-source.ts";
import { createWebhook, MAX_UNPACKED_BYTES } from "../../../functions/kubernetes/webhook.ts";
import { measured } from "../../../functions/measure.ts";
import { structuredLog } from "../../../functions/metrics.ts";
import { SecretError } from "../../../functions/secret.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { createRedactor } from "../../../shared/redact/create.ts";
import { eventLists } from "../../simulator/envelopes/kubernetes.ts";
import { simulate } from "../../simulator/traffic.ts";

const TOKEN = "t0ken-for-tests";
const [list] = [...eventLists(simulate({ seed: "webhook", count: 30, provider: "kubernetes" }))];
const LIST = JSON.stringify(list!.payload);

function webhook(
  options: { refuses?: boolean; allows?: (authorization: string | undefined) => Promise<boolean> } = {},
) {
  const keys: string[] = [];
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const context = {
    lake: {
      put: async (key: string) => {
        if (options.refuses === true) throw new StorageError("lake full", { retryable: true });
        keys.push(key);
        return "created" as const;
      },
    },
    redactor: createRedactor(),
    source: { cluster: "lab", account: "111122223333" },
  };
  const handler = createWebhook({
    allows: options.allows ?? (async (authorization) => authorization === `Bearer ${TOKEN}`),
    run: (work) => measured(context, structuredLog, log, work),
    now: Date.now,
    log,
  });
  return { handler, keys, lines };
}

const post = (body: string, more: Partial<FunctionUrlEvent> = {}): FunctionUrlEvent => ({
  rawPath: "/",
  requestContext: { http: { method: "POST" } },
  headers: { authorization: `Bearer ${TOKEN}` },
  body,
  ...more,
});

describe("webhook function URL", () => {
  it("answers 200 for what is stored, under the cluster that the function or the path names", async () => {
    const { handler, keys } = webhook();
    const answer = await handler(post(LIST));
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body!)).toMatchObject({ received: 30, stored: 30 });
    expect(keys.every((key) => key.includes("/account=111122223333/") && key.includes("/cluster_name=lab/"))).toBe(
      true,
    );
    await handler(post(LIST, { rawPath: "/clusters/edge-1" }));
    expect(keys.some((key) => key.includes("/cluster_name=edge-1/"))).toBe(true);
    await handler(post(LIST, { rawPath: "/clusters/../x" }));
    expect(keys.every((key) => /cluster_name=(lab|edge-1)\//.test(key))).toBe(true);
  });

  it("takes gzip, in base64 as Lambda hands it over", async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-encoding": "gzip" };
    const packed = { headers, body: gzipSync(LIST).toString("base64"), isBase64Encoded: true };
    expect((await webhook().handler(post("", packed))).statusCode).toBe(200);
    const bomb = { ...packed, body: gzipSync(Buffer.alloc(MAX_UNPACKED_BYTES + 1)).toString("base64") };
    expect((await webhook().handler(post("", bomb))).statusCode).toBe(413);
    expect((await webhook().handler(post("plain", { headers }))).statusCode).toBe(400);
    const brotli = { headers: { ...headers, "content-encoding": "br" } };
    expect((await webhook().handler(post(LIST, brotli))).statusCode).toBe(415);
  });

  it("looks at nothing without the token", async () => {
    let looked = false;
    const event = {
      ...post(""),
      headers: { authorization: "Bearer wrong" },
      get body() {
        looked = true;
        return LIST;
      },
    };
    const { handler, keys } = webhook();
    expect((await handler(event)).statusCode).toBe(401);
    expect((await handler({ ...post(LIST), headers: {} })).statusCode).toBe(401);
    expect(looked).toBe(false);
    expect(keys).toEqual([]);
  });

  it("answers 503 when the lake refuses or the token cannot be looked up, 400 for nothing usable, 405 for a GET", async () => {
    const refusing = webhook({ refuses: true });
    expect((await refusing.handler(post(LIST))).statusCode).toBe(503);
    expect(refusing.lines.join("")).toContain("lake full");
    const blind = webhook({ allows: () => Promise.reject(new SecretError("the secret cannot be read")) });
    expect((await blind.handler(post(LIST))).statusCode).toBe(503);
    const { handler, keys } = webhook();
    expect((await handler(post("{}"))).statusCode).toBe(400);
    expect(keys.some((key) => key.startsWith("quarantine/"))).toBe(true);
    expect((await handler(post("", { requestContext: { http: { method: "GET" } } }))).statusCode).toBe(405);
  });
});

describe("SecretToken", () => {
  function source(first: string) {
    const state = { token: first, reads: 0, nowMs: 0, broken: false };
    const token = new SecretToken(
      "arn",
      async () => {
        state.reads++;
        if (state.broken) throw new SecretError("no");
        return { text: state.token, version: "v" };
      },
      () => state.nowMs,
    );
    return { state, allows: (value: string) => token.allows(`Bearer ${value}`), token };
  }

  it("reads the secret once for many requests, and forgets it after five minutes", async () => {
    const { state, allows } = source("one");
    for (let i = 0; i < 50; i++) expect(await allows("one")).toBe(true);
    expect(state.reads).toBe(1);
    state.token = "two";
    state.nowMs = 299_000;
    expect(await allows("one")).toBe(true);
    state.nowMs = 301_000;
    expect(await allows("one")).toBe(false);
    expect(await allows("two")).toBe(true);
  });

  it("takes a new token soon after a rotation, but lets nobody make it read the secret each time", async () => {
    const { state, allows, token } = source("one");
    expect(await allows("one")).toBe(true);
    state.token = "two";
    for (let i = 0; i < 50; i++) expect(await allows(`guess-${i}`)).toBe(false);
    expect(state.reads).toBe(1);
    state.nowMs = 20_000;
    expect(await allows("two")).toBe(true);
    expect(state.reads).toBe(2);
    expect(await token.allows(undefined)).toBe(false);
    expect(state.reads).toBe(2);
  });

  it("lets nobody in when the secret cannot be read", async () => {
    const { state, allows } = source("one");
    state.broken = true;
    await expect(allows("one")).rejects.toBeInstanceOf(SecretError);
  });
});
