import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { Coalescer } from "../../../functions/gke/coalesce.ts";
import { takeOverSignals } from "../../../functions/gke/drain.ts";
import { BOUNDS, createPushServer, MAX_PUSH_BYTES, type PushRequest } from "../../../functions/gke/push-server.ts";

/** What is used of `process`, without its end. */
class Host extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

class Answer extends EventEmitter {
  code = 0;
  status(code: number) {
    this.code = code;
    return { end: () => void setImmediate(() => this.emit("finish")) };
  }
}

const post = (body: unknown): PushRequest => ({
  method: "POST",
  path: "/",
  body,
  rawBody: Buffer.from(JSON.stringify(body)),
});

function server(write: (items: readonly unknown[]) => Promise<unknown>, bounds: Partial<typeof BOUNDS> = {}) {
  const host = new Host();
  const coalescer = new Coalescer({ ...BOUNDS, maxWaitMs: 5, ...bounds }, write);
  const shutdown = takeOverSignals(() => coalescer.drain(), host as unknown as NodeJS.Process);
  const serve = createPushServer(coalescer, shutdown);
  const ask = async (request: PushRequest) => {
    const answer = new Answer();
    await serve(request, answer);
    return answer.code;
  };
  return { host, ask };
}

describe("push server", () => {
  it("answers by what became of the batch", async () => {
    const { ask } = server(async ([item]) => {
      if ((item as { n: number }).n === 2) throw new Error("refused");
    });
    expect(await ask(post({ n: 1 }))).toBe(204);
    expect(await ask(post({ n: 2 }))).toBe(503);
  });

  it("turns away what is too large, empty or no POST, without handing it on", async () => {
    const seen: unknown[] = [];
    const { ask } = server(async (items) => void seen.push(...items));
    expect(await ask({ ...post({}), rawBody: Buffer.alloc(MAX_PUSH_BYTES + 1) })).toBe(413);
    expect(await ask({ method: "POST", path: "/", body: undefined })).toBe(400);
    expect(await ask({ ...post({}), method: "DELETE" })).toBe(405);
    expect(await ask({ method: "GET", path: "/healthz", body: undefined })).toBe(200);
    expect(seen).toEqual([]);
  });

  it("hands bytes that are no JSON on as text", async () => {
    const seen: unknown[] = [];
    const { ask } = server(async (items) => void seen.push(...items));
    const bytes = Buffer.from("not json");
    expect(await ask({ method: "POST", path: "/", body: bytes, rawBody: bytes })).toBe(204);
    expect(seen).toEqual(["not json"]);
  });

  it("says 429 when too much is in hand", async () => {
    let release = (): void => undefined;
    const { ask } = server(() => new Promise<void>((resolve) => (release = resolve)), {
      maxItems: 1,
      maxHeldBytes: 10,
    });
    const first = ask(post({ n: "first" }));
    expect(await ask(post({ n: "second" }))).toBe(429);
    release();
    expect(await first).toBe(204);
  });

  it("on SIGTERM answers what is in hand, sends the rest away, then ends; another's handler is not in the way", async () => {
    let release = (): void => undefined;
    const { ask, host } = server(() => new Promise<void>((resolve) => (release = resolve)), { maxWaitMs: 60_000 });
    host.on("SIGTERM", () => host.exit(16));
    await new Promise((resolve) => setImmediate(resolve));
    expect(host.listenerCount("SIGTERM")).toBe(1);
    const first = ask(post({ n: 1 }));
    host.emit("SIGTERM");
    expect(await ask(post({ n: 2 }))).toBe(503);
    expect(host.exits).toEqual([]);
    release();
    expect(await first).toBe(204);
    await expect.poll(() => host.exits[0]).toBe(0);
  });

  it("ends at once when nothing is in hand", async () => {
    const { host } = server(async () => undefined);
    host.emit("SIGINT");
    await expect.poll(() => host.exits[0]).toBe(0);
  });
});
