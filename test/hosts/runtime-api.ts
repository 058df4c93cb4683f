import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export interface Outcome {
  readonly kind: "response" | "error";
  /** What the handler returned, or `{errorType, errorMessage, stackTrace}`. */
  readonly value: unknown;
}

interface Waiting {
  readonly id: string;
  readonly event: unknown;
  readonly done: (outcome: Outcome) => void;
}

/** The Lambda Runtime API on loopback, and one function that runs against it. */
export class RuntimeApi {
  /** What the function wrote to its log. */
  log = "";
  /** What the function reported when it did not start. */
  initError: { errorMessage: string } | undefined;
  /** Resolves when the function process is gone. */
  ended: Promise<unknown> = Promise.resolve();
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<string, Waiting>();
  #idle: ServerResponse | undefined;
  #child: ChildProcess | undefined;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  /** @param preload module that is loaded before the function. */
  async start(folder: string, env: Record<string, string>, preload?: string): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    const flags = preload === undefined ? [] : ["--import", preload];
    const child = spawn(process.execPath, [...flags, join(import.meta.dirname, "bootstrap.mjs")], {
      env: {
        PATH: process.env["PATH"],
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: folder,
        AWS_REGION: "eu-west-1",
        ...env,
      },
    });
    child.stdout.on("data", (data) => (this.log += data));
    child.stderr.on("data", (data) => (this.log += data));
    this.ended = new Promise((resolve) => child.once("exit", resolve));
    this.#child = child;
    return this;
  }

  async stop(): Promise<void> {
    this.#child?.kill("SIGKILL");
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  invoke(event: unknown, id: string = randomUUID()): Promise<Outcome> {
    return new Promise((done) => {
      this.#queue.push({ id, event, done });
      this.#hand();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , , kind, id, what] = (request.url ?? "").split("/");
    if (request.method === "GET") {
      this.#idle = response;
      return this.#hand();
    }
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString("utf8");
    response.writeHead(202).end();
    if (kind === "init") this.initError = JSON.parse(body) as { errorMessage: string };
    const waiting = this.#running.get(id ?? "");
    this.#running.delete(id ?? "");
    waiting?.done({ kind: what as Outcome["kind"], value: JSON.parse(body) });
  }

  #hand(): void {
    const next = this.#idle === undefined ? undefined : this.#queue.shift();
    if (next === undefined) return;
    this.#running.set(next.id, next);
    const headers = {
      "lambda-runtime-aws-request-id": next.id,
      "lambda-runtime-deadline-ms": String(Date.now() + 300_000),
      "content-type": "application/json",
    };
    this.#idle!.writeHead(200, headers).end(JSON.stringify(next.event));
    this.#idle = undefined;
  }
}
