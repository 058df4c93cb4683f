import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FAKE_BUCKET, FakeS3 } from "../shared/lake/fake-s3.ts";
import { gkePush } from "../simulator/envelopes/gke.ts";
import { simulate } from "../simulator/traffic.ts";
import { builtFunctions } from "./built.ts";
import { FakeIdentity } from "./fake-identity.ts";
import { Stored } from "./stored.ts";

const FRAMEWORK = resolve(
  import.meta.dirname,
  "../../node_modules/@google-cloud/functions-framework/build/src/main.js",
);
const AUDIENCE = "clustertrail-lake";
const ROLE = "arn:aws:iam::111122223333:role/clustertrail-writer-gke";

interface Push {
  readonly body: string;
  /** What `ingest.id` of its event will be. */
  readonly id: string;
}

/** Pushes of audit entries, each with its own insertId. */
function pushes(count: number): Push[] {
  const found = new Map<string, Push>();
  for (const { payload } of gkePush(simulate({ seed: "google-host", count: count * 4 }))) {
    const entry = JSON.parse(Buffer.from(payload.message.data, "base64").toString("utf8")) as Record<string, unknown>;
    const id = entry["insertId"] as string;
    const service = (entry["protoPayload"] as { serviceName?: string } | undefined)?.serviceName;
    if (service === "k8s.io" && !found.has(id)) found.set(id, { body: JSON.stringify(payload), id });
    if (found.size === count) break;
  }
  return [...found.values()];
}

/** @returns the status, or 0 when the connection broke. */
function post(port: number, body: string, agent: Agent): Promise<number> {
  return new Promise((done) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request({ port, host: "127.0.0.1", method: "POST", path: "/", headers, agent }, (response) => {
      response.resume();
      response.once("end", () => done(response.statusCode ?? 0));
      response.once("error", () => done(0));
    });
    sent.once("error", () => done(0));
    sent.end(body);
  });
}

describe("Google host under the functions framework", () => {
  let s3: FakeS3;
  let identity: FakeIdentity;
  let stored: Stored;
  let source: string;
  let output: string;
  const children: ChildProcess[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 400 });

  beforeAll(async () => {
    source = (await builtFunctions()).folder("google");
    identity = await new FakeIdentity().start();
  });
  afterAll(() => identity.stop());
  beforeEach(async () => {
    s3 = await new FakeS3().start();
    stored = new Stored(s3);
    output = "";
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await s3.stop();
  });

  async function start(): Promise<{ port: number; child: ChildProcess }> {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as AddressInfo;
    await new Promise((closed) => probe.close(closed));
    const child = spawn(process.execPath, [FRAMEWORK], {
      cwd: source,
      env: {
        PATH: process.env["PATH"],
        HOME: source,
        PORT: String(port),
        FUNCTION_TARGET: "clustertrail",
        FUNCTION_SOURCE: source,
        CLUSTERTRAIL_LAKE: `s3://${FAKE_BUCKET}/lake`,
        CLUSTERTRAIL_AWS_ROLE_ARN: ROLE,
        CLUSTERTRAIL_AWS_AUDIENCE: AUDIENCE,
        CLUSTERTRAIL_AWS_REGION: "eu-west-1",
        CLUSTERTRAIL_S3_PATH_STYLE: "1",
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ENDPOINT_URL_STS: `http://${identity.host}`,
        GCE_METADATA_HOST: identity.host,
      },
    });
    children.push(child);
    child.stdout!.on("data", (data) => (output += data));
    child.stderr!.on("data", (data) => (output += data));
    for (let tries = 0; tries < 200; tries++) {
      if (output.includes("Serving function")) return { port, child };
      await sleep(50);
    }
    throw new Error(`the framework did not start: ${output}`);
  }

  it("acknowledges 200 concurrent pushes after they are stored, in a few objects", async () => {
    const { port } = await start();
    const sent = pushes(200);
    expect(sent).toHaveLength(200);
    const early: string[] = [];
    const statuses = await Promise.all(
      sent.map(async ({ body, id }) => {
        const status = await post(port, body, agent);
        if (status === 204 && !stored.has(id)) early.push(id);
        return status;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([204]));
    expect(early).toEqual([]);
    expect(new Set(stored.ids())).toEqual(new Set(sent.map(({ id }) => id)));
    expect(s3.objects.size).toBeLessThan(20);
    // Keyless: a token for the audience, exchanged once for the role.
    expect(identity.audiences).toEqual([AUDIENCE]);
    expect(identity.exchanges).toEqual([{ role: ROLE, session: "clustertrail-gke", token: "identity-token-1" }]);
    expect(output).toContain('"severity":"INFO"');
    expect(output).not.toContain("session</SessionToken>");
  });

  it("answers 503 to every push of a batch that the lake refused, and loses none", async () => {
    let refusals = 0;
    s3.options = {
      faultOf: ({ method }) =>
        method === "PUT" && refusals++ < 3 ? { kind: "answer", status: 403, code: "AccessDenied" } : undefined,
    };
    const { port } = await start();
    let waiting = pushes(200);
    const all = waiting.map(({ id }) => id);
    let refused = 0;
    for (let round = 0; round < 6 && waiting.length > 0; round++) {
      const results = await Promise.all(
        waiting.map(async (push) => {
          const status = await post(port, push.body, agent);
          if (status === 204) expect(stored.has(push.id)).toBe(true);
          else expect(status).toBe(503);
          return { push, status };
        }),
      );
      waiting = results.filter(({ status }) => status !== 204).map(({ push }) => push);
      refused += waiting.length;
    }
    expect(refused).toBeGreaterThan(0);
    expect(waiting).toEqual([]);
    expect(new Set(stored.ids())).toEqual(new Set(all));
    expect(output).toContain('"severity":"ERROR"');
  });

  it("ends on SIGTERM with every push answered that it had in hand", async () => {
    s3.options = { latencyMs: 150 };
    const { port, child } = await start();
    const sent = pushes(200);
    const exit = once(child, "exit");
    const outcomes = Promise.all(
      sent.map(async ({ body, id }, i) => {
        await sleep(i * 3);
        const at = performance.now();
        const status = await post(port, body, agent);
        if (status === 204) expect(stored.has(id)).toBe(true);
        return { id, body, status, at };
      }),
    );
    await sleep(300);
    const killed = performance.now();
    child.kill("SIGTERM");
    const results = await outcomes;
    expect(await exit).toEqual([0, null]);
    const inHand = results.filter(({ at }) => at < killed - 50);
    expect(inHand.length).toBeGreaterThan(20);
    expect(inHand.filter(({ status }) => status !== 204)).toEqual([]);
    const unanswered = results.filter(({ status }) => status !== 204);
    expect(unanswered.length).toBeGreaterThan(0);
    // Pub/Sub sends those again, to another instance.
    output = "";
    const next = await start();
    const again = await Promise.all(unanswered.map(({ body }) => post(next.port, body, agent)));
    expect(new Set(again)).toEqual(new Set([204]));
    expect(new Set(stored.ids())).toEqual(new Set(sent.map(({ id }) => id)));
  });

  it("takes no other method and no empty body, and keeps what is no push in quarantine", async () => {
    const { port } = await start();
    const get = await fetch(`http://127.0.0.1:${port}/`);
    expect(get.status).toBe(405);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    expect(await post(port, "", agent)).toBe(400);
    expect(await post(port, JSON.stringify({ no: "push" }), agent)).toBe(204);
    expect([...s3.objects.keys()].filter((key) => key.includes("quarantine/"))).toHaveLength(1);
    expect(output).toContain('"severity":"WARNING"');
  });

  it("does not start without its settings, and names them", async () => {
    const child = spawn(process.execPath, [FRAMEWORK], {
      cwd: source,
      env: {
        PATH: process.env["PATH"],
        FUNCTION_TARGET: "clustertrail",
        FUNCTION_SOURCE: source,
        CLUSTERTRAIL_AWS_ROLE_ARN: "not-an-arn",
      },
    });
    children.push(child);
    let text = "";
    child.stderr!.on("data", (data) => (text += data));
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(1);
    expect(text).toContain("CLUSTERTRAIL_LAKE is missing");
    expect(text).toContain("CLUSTERTRAIL_AWS_ROLE_ARN is not of the form");
    expect(text).not.toContain("not-an-arn");
  });
});
