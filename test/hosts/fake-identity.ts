import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FAKE_CREDENTIALS } from "../shared/lake/fake-s3.ts";

export const FAKE_IDENTITY_HEADER = "identity-header-for-tests";

/**
 * Google's metadata server, Azure's managed identity endpoint and AWS STS in one: tokens go out numbered, and STS gives
 * credentials only for one that went out.
 */
export class FakeIdentity {
  host = "";
  readonly audiences: string[] = [];
  readonly exchanges: { role: string | null; session: string | null; token: string | null }[] = [];
  readonly #tokens = new Set<string>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString("utf8");
    if (url.pathname === "/computeMetadata/v1/instance/service-accounts/default/identity") {
      if (request.headers["metadata-flavor"] !== "Google") return void response.writeHead(403).end();
      return void response.end(this.#issue(url.searchParams.get("audience")));
    }
    if (url.pathname === "/msi/token") {
      if (request.headers["x-identity-header"] !== FAKE_IDENTITY_HEADER) return void response.writeHead(403).end();
      return void response.end(JSON.stringify({ access_token: this.#issue(url.searchParams.get("resource")) }));
    }
    if (request.method === "POST") return this.#exchange(new URLSearchParams(body), response);
    response.writeHead(404).end();
  }

  #issue(audience: string | null): string {
    this.audiences.push(audience ?? "");
    const token = `identity-token-${this.audiences.length}`;
    this.#tokens.add(token);
    return token;
  }

  #exchange(query: URLSearchParams, response: ServerResponse): void {
    const token = query.get("WebIdentityToken");
    this.exchanges.push({ role: query.get("RoleArn"), session: query.get("RoleSessionName"), token });
    if (query.get("Action") !== "AssumeRoleWithWebIdentity" || !this.#tokens.has(token ?? "")) {
      response.writeHead(400, { "content-type": "text/xml" });
      response.end(
        "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error></ErrorResponse>",
      );
      return;
    }
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>${FAKE_CREDENTIALS.accessKeyId}</AccessKeyId><SecretAccessKey>${FAKE_CREDENTIALS.secretAccessKey}</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    );
  }
}
