import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_BODY_BYTES } from "../../cli/listen/body.ts";
import { createListener } from "../../cli/listen/server.ts";
import { TokenCheck } from "../../functions/http/token.ts";
import { openLake } from "../../shared/lake/open.ts";
import type { Sink } from "../../shared/lake/sink.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import { createRedactor } from "../../shared/redact/create.ts";
import { gkePush } from "../simulator/envelopes/gke.ts";
import { eventLists } from "../simulator/envelopes/kubernetes.ts";
import { simulate } from "../simulator/traffic.ts";
import { eventsOf, quarantineOf, scratchFolder } from "./capture.ts";

const folder = scratchFolder();
const TOKEN = "t0ken-for-tests";

async function listening(lake: Sink, token?: string): Promise<{ server: Server; url: string }> {
  const server = createListener({
    lake,
    redactor: createRedactor(),
    source: { cluster: "lab" },
    token: token === undefined ? undefined : new TokenCheck(token),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const post = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers });

describe("listen", () => {
  const lakePath = join(folder, "lake");
  let server: Server;
  let url: string;
  beforeAll(async () => {
    ({ server, url } = await listening(await openLake(lakePath)));
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const [list] = [...eventLists(simulate({ seed: 5, count: 40 }), { batchSize: 40 })].map(({ payload }) => payload);
  const events = list!.items;

  it("stores a webhook batch before it answers, and finds it taken when it comes again", async () => {
    const first = await post(`${url}/audit?token=in-query`, JSON.stringify(list));
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({ received: 40, stored: 40, alreadyStored: 0 });
    expect(eventsOf(lakePath).filter(({ ingest }) => ingest.source === "audit-webhook").length).toBe(40);
    expect(await (await post(url, JSON.stringify(list))).json()).toMatchObject({ stored: 0, alreadyStored: 40 });
  });

  const forms: [string, string][] = [
    ["a JSON array (Vector)", JSON.stringify(events.slice(0, 3))],
    [
      "NDJSON (Fluent Bit json_lines)",
      events
        .slice(3, 6)
        .map((event) => JSON.stringify(event))
        .join("\n"),
    ],
    [
      "Fluent Bit's json",
      JSON.stringify(events.slice(6, 9).map((event) => ({ date: 1763773323.4, log: JSON.stringify(event) }))),
    ],
  ];
  for (const [name, body] of forms) {
    it(`takes ${name}, gzip too`, async () => {
      for (const [bytes, headers] of [
        [body, {}],
        [new Uint8Array(gzipSync(body)), { "content-encoding": "gzip" }],
      ] as const) {
        const response = await post(url, bytes, headers);
        expect(response.status).toBe(200);
        const { stored, alreadyStored } = (await response.json()) as { stored: number; alreadyStored: number };
        expect(stored + alreadyStored).toBe(3);
      }
    });
  }

  it("takes Pub/Sub pushes", async () => {
    for (const { payload } of gkePush(simulate({ seed: 6, provider: "gke", count: 12, intruder: false }), {
      duplicateEvery: 0,
      noise: false,
    })) {
      expect((await post(url, JSON.stringify(payload))).status).toBe(200);
    }
    expect(eventsOf(lakePath).filter(({ cluster }) => cluster.provider === "gke").length).toBeGreaterThan(3);
  });

  it("answers 400 with a reason to what it cannot use, and keeps it in quarantine", async () => {
    const before = quarantineOf(lakePath).length;
    const response = await post(url, "c4n4ry is not JSON");
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain("not-json");
    expect(text).not.toContain("c4n4ry");
    const kept = quarantineOf(lakePath);
    expect(kept.length).toBe(before + 1);
    expect(kept.some(({ raw }) => Buffer.from(raw, "base64").toString() === "c4n4ry is not JSON")).toBe(true);
  });

  it("stores the good records of a batch and says what became of the others", async () => {
    const body = `${JSON.stringify(events[20])}\nnot JSON\n`;
    const response = await post(url, body);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ received: 2, quarantined: { "not-json": 1 } });
  });

  it("answers 400 to an empty body and to gzip that is none, 405 to other methods, 415 to other encodings", async () => {
    expect((await post(url, "")).status).toBe(400);
    const before = quarantineOf(lakePath).length;
    expect((await post(url, "plain, not gzip", { "content-encoding": "gzip" })).status).toBe(400);
    expect(quarantineOf(lakePath).length).toBe(before + 1);
    expect((await post(url, "x", { "content-encoding": "br" })).status).toBe(415);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("answers 413 to a body over 32 MB: announced, streamed, or hidden in gzip", async () => {
    const announced = await new Promise<number>((resolve, reject) => {
      const r = request(url, { method: "POST", headers: { "content-length": MAX_BODY_BYTES + 1 } }, (res) =>
        resolve(res.statusCode!),
      );
      r.on("error", reject);
      r.flushHeaders();
    });
    expect(announced).toBe(413);
    const streamed = await new Promise<number>((resolve, reject) => {
      const r = request(url, { method: "POST" }, (res) => resolve(res.statusCode!));
      r.on("error", (error: NodeJS.ErrnoException) =>
        error.code === "EPIPE" || error.code === "ECONNRESET" ? undefined : reject(error),
      );
      const chunk = Buffer.alloc(1024 * 1024, 32);
      let sent = 0;
      const more = (): void => {
        if (sent++ < 34) r.write(chunk, () => setImmediate(more));
        else r.end();
      };
      more();
    });
    expect(streamed).toBe(413);
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(MAX_BODY_BYTES + 1)));
    expect((await post(url, bomb, { "content-encoding": "gzip" })).status).toBe(413);
    expect((await post(url, bomb)).status).toBe(413);
  });

  it("survives a sender that goes away in the middle", async () => {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"kind":');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await post(url, JSON.stringify(events[21]))).status).toBe(200);
  });
});

describe("listen --token-file", () => {
  it("lets only the bearer of the token in, before it reads the body", async () => {
    const { server, url } = await listening(await openLake(join(folder, "token-lake")), TOKEN);
    try {
      const body = JSON.stringify({ auditID: "a", verb: "get" });
      for (const authorization of [
        undefined,
        "Bearer",
        "Bearer wrong",
        `Basic ${TOKEN}`,
        `Bearer ${TOKEN}x`,
        `Bearer ${TOKEN.slice(1)}`,
        TOKEN,
      ]) {
        const response = await post(url, body, authorization === undefined ? {} : { authorization });
        expect(response.status).toBe(401);
        expect(response.headers.get("www-authenticate")).toBe("Bearer");
      }
      expect((await post(url, body, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("listen when the lake fails", () => {
  it("answers 503 until it can be written, then takes the same body once", async () => {
    const real = await openLake(join(folder, "flaky-lake"));
    let broken = true;
    const { server, url } = await listening({
      put: async (key, body) => {
        if (broken) throw new StorageError("the lake is full", { retryable: true });
        return real.put(key, body);
      },
    });
    try {
      const body = JSON.stringify([...simulate({ seed: 7, count: 5 })]);
      const refused = await post(url, body);
      expect(refused.status).toBe(503);
      expect(refused.headers.get("retry-after")).toBe("5");
      broken = false;
      expect(await (await post(url, body)).json()).toMatchObject({ stored: 5, alreadyStored: 0 });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe("the listen process", () => {
  it("drains on SIGTERM: what was answered 200 is in the lake", async () => {
    const lake = join(folder, "drain-lake");
    mkdirSync(lake);
    const entry = join(folder, "listen.mts");
    writeFileSync(
      entry,
      `import { run } from ${JSON.stringify(join(import.meta.dirname, "../../cli/main.ts"))};\nawait run();\n`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", entry, "listen", "--lake", lake, "--port", "0"], {
      cwd: join(import.meta.dirname, "../.."),
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stderr.on("data", (data) => {
        stderr += data;
        const match = /listening on (http:\S+),/.exec(stderr);
        if (match) resolve(match[1]!);
      });
      child.on("exit", () => reject(new Error(stderr)));
    });
    const batches = [...eventLists(simulate({ seed: 8, count: 200 }), { batchSize: 10 })].map(({ payload }) =>
      JSON.stringify(payload),
    );
    let acknowledged = 0;
    const posts = batches.map(async (body, i) => {
      if (i === 10) child.kill("SIGTERM");
      const response = await post(url, body).catch(() => undefined);
      if (response?.status === 200) acknowledged += ((await response.json()) as { stored: number }).stored;
    });
    const [code] = (await Promise.all([once(child, "exit"), ...posts]))[0] as [number];
    expect(code).toBe(0);
    expect(eventsOf(lake).length).toBeGreaterThanOrEqual(acknowledged);
    expect(stderr).toContain("draining");
  });
});
