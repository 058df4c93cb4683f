import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { S3LakeOptions } from "../../../shared/lake/s3.ts";
import { S3Lake } from "../../../shared/lake/s3.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { LakeWriter } from "../../../shared/lake/writer.ts";
import { all } from "./contract.ts";
import type { FakeS3Options, Fault } from "./fake-s3.ts";
import { FAKE_BUCKET, FAKE_CREDENTIALS, FakeS3 } from "./fake-s3.ts";

const servers: FakeS3[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function serve(options: FakeS3Options = {}): Promise<FakeS3> {
  const server = await new FakeS3(options).start();
  servers.push(server);
  return server;
}

const URL = `s3://${FAKE_BUCKET}/trail`;

function lakeOn(endpoint: string, options: S3LakeOptions = {}, bucket = FAKE_BUCKET): S3Lake {
  return new S3Lake(
    { bucket, prefix: "trail", url: URL },
    {
      endpoint,
      forcePathStyle: true,
      region: "eu-west-1",
      credentials: FAKE_CREDENTIALS,
      retry: { maxAttempts: 4, baseDelayMs: 1, maxDelayMs: 2 },
      idleTimeoutMs: 150,
      requestTimeoutMs: 300,
      connectTimeoutMs: 300,
      ...options,
    },
  );
}

/** The first requests fail as told, the others not. */
function first(...faults: Fault[]): FakeS3Options {
  return { faultOf: ({ number }) => faults[number] };
}

const BODY = Buffer.from("body");

describe("S3Lake.put", () => {
  it("asks for a checked, conditional, signed put of a gzip file", async () => {
    const server = await serve();
    await lakeOn(server.endpoint).put("events/v1/x.ndjson.gz", BODY);
    expect([...server.objects.keys()]).toEqual(["trail/events/v1/x.ndjson.gz"]);
    const [headers] = server.puts;
    expect(headers).toMatchObject({
      "if-none-match": "*",
      "x-amz-checksum-sha256": createHash("sha256").update(BODY).digest("base64"),
      "content-type": "application/gzip",
    });
    expect(headers!["content-encoding"]).toBeUndefined();
    expect(headers!.expect).toBeUndefined();
    expect(headers!.authorization).toMatch(
      /^AWS4-HMAC-SHA256 .*SignedHeaders=[^,]*if-none-match[^,]*x-amz-checksum-sha256/,
    );
  });

  it("is refused when the signature is wrong, and says what to do", async () => {
    const server = await serve();
    const lake = lakeOn(server.endpoint, { credentials: { ...FAKE_CREDENTIALS, secretAccessKey: "wrong" } });
    await expect(lake.put("k/x", BODY)).rejects.toThrow(
      /no valid AWS credentials.*\(SignatureDoesNotMatch, HTTP 403\)/,
    );
    expect(server.requests).toBe(1);
    expect(server.objects.size).toBe(0);
  });

  const passing: [string, Fault][] = [
    ["500", { kind: "answer", status: 500, code: "InternalError" }],
    ["503", { kind: "answer", status: 503, code: "SlowDown" }],
    ["429", { kind: "answer", status: 429, code: "TooManyRequests" }],
    ["409", { kind: "answer", status: 409, code: "ConditionalRequestConflict" }],
    ["400 RequestTimeout", { kind: "answer", status: 400, code: "RequestTimeout" }],
    ["400 BadDigest", { kind: "answer", status: 400, code: "BadDigest" }],
    ["a connection that breaks", { kind: "reset" }],
    ["no answer", { kind: "stall" }],
  ];

  it.each(passing)("tries again after %s", async (_name, fault) => {
    const server = await serve(first(fault, fault));
    expect(await lakeOn(server.endpoint).put("k/x", BODY)).toBe("created");
    expect(server.requests).toBe(3);
  });

  it.each(passing)("gives up after some times %s, and says it may work later", async (_name, fault) => {
    const server = await serve({ faultOf: () => fault });
    const error = await lakeOn(server.endpoint, { retry: { maxAttempts: 2, baseDelayMs: 1 } })
      .put("k/x", BODY)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    expect(error).toMatchObject({ retryable: true, key: "k/x" });
    expect((error as Error).message).toMatch(/^lake s3:\/\/audit-lake\/trail: cannot write k\/x: .*try again/);
    expect(server.requests).toBe(2);
    expect(server.objects.size).toBe(0);
  });

  it.each([
    ["nothing moves", { idleTimeoutMs: 100, requestTimeoutMs: 20_000 }],
    ["it takes too long", { idleTimeoutMs: 20_000, requestTimeoutMs: 100 }],
  ])("breaks off when %s", async (_name, timeouts) => {
    const server = await serve({ faultOf: () => ({ kind: "stall" }) });
    const started = performance.now();
    const put = lakeOn(server.endpoint, { ...timeouts, retry: { maxAttempts: 1 } }).put("k/x", BODY);
    await expect(put).rejects.toThrow(/no answer in time/);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("finds its own put when the acknowledgement was lost", async () => {
    const server = await serve(first({ kind: "reset-after" }));
    expect(await lakeOn(server.endpoint).put("k/x", BODY)).toBe("exists");
    expect(server.writes.get("trail/k/x")).toBe(1);
    expect(server.objects.get("trail/k/x")!.equals(BODY)).toBe(true);
  });

  it.each([
    [{ kind: "answer", status: 403, code: "AccessDenied" }, /access denied: writing needs s3:PutObject/],
    [{ kind: "answer", status: 404, code: "NoSuchBucket" }, /no such bucket: create it/],
    [{ kind: "answer", status: 400, code: "ExpiredToken" }, /no valid AWS credentials/],
    [{ kind: "answer", status: 403, code: "RequestTimeTooSkewed" }, /clock is wrong/],
    [{ kind: "answer", status: 501, code: "NotImplemented" }, /conditional writes/],
    [{ kind: "answer", status: 400, code: "AuthorizationHeaderMalformed" }, /another region: set AWS_REGION/],
    [{ kind: "answer", status: 418, code: "Teapot" }, /unexpected failure \(Teapot, HTTP 418\)/],
  ] satisfies [Fault, RegExp][])("does not repeat what cannot work: %j", async (fault, words) => {
    const server = await serve({ faultOf: () => fault });
    const put = lakeOn(server.endpoint).put("k/x", BODY);
    await expect(put).rejects.toThrow(words);
    await expect(put).rejects.toMatchObject({ name: "StorageError", retryable: false });
    expect(server.requests).toBe(1);
  });

  it("shows no text of the server in its message", async () => {
    const server = await serve({ faultOf: () => ({ kind: "answer", status: 400, code: "token eyJhbGciOi leaked" }) });
    const error = await lakeOn(server.endpoint)
      .put("k/x", BODY)
      .catch((thrown: unknown) => thrown);
    expect((error as Error).message).not.toContain("eyJ");
    expect((error as Error).message).not.toContain("scripted");
  });

  it("tries again when nothing listens yet", async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, "127.0.0.1", resolve));
    const { port } = free.address() as AddressInfo;
    await new Promise((resolve) => free.close(resolve));
    const put = lakeOn(`http://127.0.0.1:${port}`).put("k/x", BODY);
    await expect(put).rejects.toThrow(/the connection failed.*ECONNREFUSED/);
    await expect(put).rejects.toMatchObject({ retryable: true });
  });

  it("says when no region is set", async () => {
    const saved = { ...process.env };
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"]) delete process.env[name];
    process.env["AWS_CONFIG_FILE"] = "/nowhere";
    try {
      const lake = new S3Lake({ bucket: FAKE_BUCKET, prefix: "", url: URL }, { credentials: FAKE_CREDENTIALS });
      await expect(lake.put("k/x", BODY)).rejects.toThrow(/no region is set: set AWS_REGION/);
    } finally {
      process.env = saved;
    }
  });
});

describe("S3Lake.replace", () => {
  const NEW = Buffer.from("new body");

  it("puts on condition of the version that was read", async () => {
    const server = await serve();
    const lake = lakeOn(server.endpoint);
    await lake.put("k/x", BODY);
    await lake.get("k/x");
    const before = server.requests;
    await lake.replace("k/x", NEW);
    expect(server.requests - before).toBe(1);
    const headers = server.puts.at(-1)!;
    expect(headers["if-match"]).toBe(`"${createHash("md5").update(BODY).digest("hex")}"`);
    expect(headers["if-none-match"]).toBeUndefined();
    expect(headers["x-amz-checksum-sha256"]).toBe(createHash("sha256").update(NEW).digest("base64"));
    expect(headers["content-type"]).toBe("application/gzip");
    expect(server.objects.get("trail/k/x")!.equals(NEW)).toBe(true);
  });

  it("leaves alone what somebody else changed since it was read, and says so", async () => {
    const server = await serve();
    const lake = lakeOn(server.endpoint);
    await lake.put("k/x", BODY);
    await lake.get("k/x");
    await lakeOn(server.endpoint).replace("k/x", Buffer.from("theirs"));
    const replaced = lake.replace("k/x", NEW);
    await expect(replaced).rejects.toThrow(/k\/x was changed by somebody else since it was read/);
    await expect(replaced).rejects.toMatchObject({ name: "StorageError", retryable: true, key: "k/x" });
    expect(server.objects.get("trail/k/x")!.toString()).toBe("theirs");
    // It has looked again: what it sees now may be replaced.
    await lake.replace("k/x", NEW);
    expect(server.objects.get("trail/k/x")!.equals(NEW)).toBe(true);
  });

  it("knows its own put when the acknowledgement was lost", async () => {
    const server = await serve();
    const lake = lakeOn(server.endpoint);
    await lake.put("k/x", BODY);
    await lake.get("k/x");
    const now = server.requests;
    server.options = { faultOf: ({ number }) => (number === now ? { kind: "reset-after" } : undefined) };
    await lake.replace("k/x", NEW);
    expect(server.objects.get("trail/k/x")!.equals(NEW)).toBe(true);
    expect(server.writes.get("trail/k/x")).toBe(2);
  });

  it("tries again when the store is busy, and gives up in the end with the object as it was", async () => {
    const server = await serve();
    const lake = lakeOn(server.endpoint);
    await lake.put("k/x", BODY);
    const busy: Fault = { kind: "answer", status: 503, code: "SlowDown" };
    let faults = 2;
    server.options = { faultOf: () => (faults-- > 0 ? busy : undefined) };
    await lake.replace("k/x", NEW);
    expect(server.objects.get("trail/k/x")!.equals(NEW)).toBe(true);
    server.options = { faultOf: ({ method }) => (method === "PUT" ? busy : undefined) };
    await expect(lake.replace("k/x", BODY)).rejects.toThrow(/cannot replace k\/x: .*try again/);
    expect(server.objects.get("trail/k/x")!.equals(NEW)).toBe(true);
  });

  it("does not need to remember every object it has read", async () => {
    const server = await serve();
    const lake = lakeOn(server.endpoint);
    for (let n = 0; n < 300; n++) await lake.put(`k/${n}`, BODY);
    for (let n = 0; n < 300; n++) await lake.get(`k/${n}`);
    for (const n of [0, 150, 299]) await lake.replace(`k/${n}`, NEW);
    for (const n of [0, 150, 299]) expect(server.objects.get(`trail/k/${n}`)!.equals(NEW)).toBe(true);
  });
});

describe("S3Lake reading", () => {
  it("reads again when an answer breaks off, and lists again", async () => {
    const cut: Fault = { kind: "cut" };
    const server = await serve();
    const lake = lakeOn(server.endpoint);
    await lake.put("k/x", Buffer.alloc(50_000, 7));
    let faults = 2;
    server.options = { faultOf: () => (faults-- > 0 ? cut : undefined) };
    expect((await lake.get("k/x")).length).toBe(50_000);
    faults = 1;
    server.options = { faultOf: () => (faults-- > 0 ? { kind: "answer", status: 503, code: "SlowDown" } : undefined) };
    expect(await all(lake, "k/")).toEqual([{ key: "k/x", size: 50_000 }]);
  });

  it("ends with a StorageError when it cannot", async () => {
    const server = await serve({ faultOf: () => ({ kind: "answer", status: 403, code: "AccessDenied" }) });
    const lake = lakeOn(server.endpoint);
    await expect(lake.get("k/x")).rejects.toThrow(/cannot read k\/x: access denied/);
    await expect(all(lake, "k/")).rejects.toThrow(/cannot list k\/: access denied/);
    await expect(all(lake, "")).rejects.toBeInstanceOf(StorageError);
  });

  it("sees nothing beside its prefix, nor folders that consoles make", async () => {
    const server = await serve();
    for (const key of ["trail/k/x", "trail/k/", "trailer/k/x", "other/k/x"]) server.objects.set(key, BODY);
    expect((await all(lakeOn(server.endpoint), "")).map(({ key }) => key)).toEqual(["k/x"]);
    const whole = new S3Lake(
      { bucket: FAKE_BUCKET, prefix: "", url: URL },
      { endpoint: server.endpoint, forcePathStyle: true, region: "eu-west-1", credentials: FAKE_CREDENTIALS },
    );
    expect((await all(whole, "trail")).map(({ key }) => key)).toEqual(["trail/k/x", "trailer/k/x"]);
  });
});

describe("a writer on an S3 that fails at random", () => {
  const EVENTS = 120;
  const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Fault>(
        { kind: "answer", status: 503, code: "SlowDown" },
        { kind: "answer", status: 409, code: "ConditionalRequestConflict" },
      ),
    },
    { weight: 1, arbitrary: fc.constant<Fault>({ kind: "reset" }) },
    { weight: 2, arbitrary: fc.constant<Fault>({ kind: "reset-after" }) },
  );

  async function deliver(lake: S3Lake): Promise<LakeWriter> {
    const writer = new LakeWriter(lake, { maxObjectBytes: 1500, maxConcurrentPuts: 4 });
    for (let n = 0; n < EVENTS; n++) {
      const id = createHash("sha256").update(String(n)).digest("hex").slice(0, 32);
      await writer.add(`p=${n % 2}`, id, "2026-11-22T13:05:01Z", JSON.stringify({ n, pad: "x".repeat(n) }));
    }
    await writer.close();
    return writer;
  }

  it("loses nothing and doubles nothing, however often it is delivered", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 20, maxLength: 80 }), async (faults) => {
        const server = await serve({ faultOf: ({ number }) => faults[number] });
        // Few attempts, so that deliveries fail as a whole too and come again.
        const lake = lakeOn(server.endpoint, { retry: { maxAttempts: 2, baseDelayMs: 0 } });
        let writer: LakeWriter | undefined;
        for (let delivery = 0; writer === undefined && delivery < 100; delivery++) {
          writer = await deliver(lake).catch((error: unknown) => {
            expect(error).toMatchObject({ name: "StorageError", retryable: true });
            return undefined;
          });
        }
        expect(writer!.stats.stored + writer!.stats.alreadyStored).toBe(EVENTS);
        expect(Math.max(...server.writes.values())).toBe(1);
        const numbers = [...server.objects.values()].flatMap((body) =>
          gunzipSync(body)
            .toString()
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line).n),
        );
        expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: EVENTS }, (_, n) => n));
        await server.stop();
        servers.splice(servers.indexOf(server), 1);
      }),
      { numRuns: 12 },
    );
  });

  it("puts several objects at a time, and no more than allowed", async () => {
    const server = await serve({ latencyMs: 10 });
    await deliver(lakeOn(server.endpoint));
    expect(server.maxConcurrent).toBe(4);
  });
});
