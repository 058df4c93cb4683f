import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { signatureFault } from "./sigv4.ts";

/** What befalls one request. */
export type Fault =
  /** The error answer `status` with S3's error code; nothing is stored. */
  | { readonly kind: "answer"; readonly status: number; readonly code: string }
  /** No answer ever. */
  | { readonly kind: "stall" }
  /** The connection breaks before the request has any effect. */
  | { readonly kind: "reset" }
  /** The request takes effect and the connection breaks before the answer: the lost acknowledgement. */
  | { readonly kind: "reset-after" }
  /** Half of an answer's body, then the connection breaks. */
  | { readonly kind: "cut" };

export interface FakeS3Options {
  /** Asked for each request, with its number from 0. */
  readonly faultOf?: (request: { method: string; key: string; number: number }) => Fault | undefined;
  readonly pageSize?: number;
  readonly latencyMs?: number;
}

export const FAKE_BUCKET = "audit-lake";
export const FAKE_CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/**
 * A small S3 over HTTP that does what the emulators on npm leave out: answers 412 to a conditional put of a taken name
 * or a changed object, checks signatures and checksums, and fails by script.
 */
export class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  /** Puts that stored something, by key: more than one would be a lost object. */
  readonly writes = new Map<string, number>();
  /** Headers of each put. */
  readonly puts: IncomingMessage["headers"][] = [];
  requests = 0;
  maxConcurrent = 0;
  endpoint = "";
  options: FakeS3Options;
  #concurrent = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor(options: FakeS3Options = {}) {
    this.options = options;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#concurrent++;
    this.maxConcurrent = Math.max(this.maxConcurrent, this.#concurrent);
    try {
      await this.#answer(request, response);
    } catch {
      // The client went away in the middle of its request.
      response.destroy();
    } finally {
      this.#concurrent--;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.endpoint);
    const [, bucket = "", ...rest] = url.pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    const method = request.method ?? "";
    const number = this.requests++;
    const fault = this.options.faultOf?.({ method, key, number });
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    if (this.options.latencyMs !== undefined)
      await new Promise((resolve) => setTimeout(resolve, this.options.latencyMs));
    if (fault?.kind === "stall") return;
    if (fault?.kind === "reset") return void request.socket.destroy();
    if (fault?.kind === "answer") return fail(response, fault.status, fault.code);
    const wrong = signatureFault(request, body, FAKE_CREDENTIALS.accessKeyId, FAKE_CREDENTIALS.secretAccessKey);
    if (wrong !== undefined) return fail(response, 403, "SignatureDoesNotMatch");
    if (bucket !== FAKE_BUCKET) return fail(response, 404, "NoSuchBucket");
    const cut = fault?.kind === "cut";
    if (method === "PUT") return this.#put(request, response, key, body, fault?.kind === "reset-after");
    if (key === "" && url.searchParams.get("list-type") === "2")
      return send(response, this.#page(url.searchParams), cut);
    const object = this.objects.get(key);
    if (object === undefined) return fail(response, 404, "NoSuchKey");
    response.setHeader("ETag", etagOf(object));
    if (method === "HEAD") return void response.writeHead(200, { "Content-Length": object.length }).end();
    return send(response, object, cut);
  }

  #put(request: IncomingMessage, response: ServerResponse, key: string, body: Buffer, lost: boolean): void {
    this.puts.push(request.headers);
    const checksum = createHash("sha256").update(body).digest("base64");
    const whole = request.headers["x-amz-checksum-sha256"] === checksum;
    const expected = request.headers["if-match"];
    const conditional = request.headers["if-none-match"] === "*" || expected !== undefined;
    const there = this.objects.get(key);
    const allowed = expected === undefined ? there === undefined : there !== undefined && etagOf(there) === expected;
    if (whole && conditional && allowed) {
      this.objects.set(key, body);
      this.writes.set(key, (this.writes.get(key) ?? 0) + 1);
    }
    if (lost) request.socket.destroy();
    else if (!whole) fail(response, 400, "BadDigest");
    else if (!conditional) fail(response, 403, "AccessDenied");
    else if (expected !== undefined && there === undefined) fail(response, 404, "NoSuchKey");
    else if (!allowed) fail(response, 412, "PreconditionFailed");
    else response.writeHead(200, { ETag: etagOf(body) }).end();
  }

  #page(query: URLSearchParams): Buffer {
    const prefix = query.get("prefix") ?? "";
    const after = query.get("continuation-token") ?? "";
    const delimiter = query.get("delimiter");
    /** The key itself, or the folder that stands for all keys below it. */
    const shown = (key: string): string => {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? key : key.slice(0, end + 1);
    };
    const below = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).map(shown);
    const keys = [...new Set(below)].filter((key) => key > after).sort();
    const page = keys.slice(0, this.options.pageSize ?? 1000);
    const more = page.length < keys.length;
    const contents = page.map((key) => {
      const object = this.objects.get(key);
      return object === undefined || (delimiter !== null && key.endsWith(delimiter))
        ? `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${key}</Key><Size>${object.length}</Size></Contents>`;
    });
    return Buffer.from(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${contents.join("")}${
        more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ""
      }</ListBucketResult>`,
    );
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

function send(response: ServerResponse, body: Buffer, cut: boolean): void {
  response.writeHead(200, { "Content-Length": body.length });
  if (!cut) return void response.end(body);
  response.write(body.subarray(0, body.length >> 1), () => response.destroy());
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "Content-Type": "application/xml" });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>scripted</Message></Error>`);
}
