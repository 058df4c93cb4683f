import { createHmac } from "node:crypto";
import {
  createLocalJWKSet,
  errors,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { createPushEndpoint, MAX_PUSH_BYTES } from "../../../functions/gke/endpoint.ts";
import { createOidcCheck, type OidcCheck } from "../../../functions/gke/oidc.ts";
import type { FunctionUrlEvent } from "../../../functions/http/function-url.ts";

const AUDIENCE = "https://gke.example.com/push";
const EMAIL = "push@example-project.iam.gserviceaccount.com";
const BODY = '{"message":{"data":"e30=","messageId":"1"},"subscription":"projects/p/subscriptions/s"}';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let google: Pair;
let stranger: Pair;
let publicJwk: JWK;
let publicPem: string;
let check: OidcCheck;

beforeAll(async () => {
  google = await generateKeyPair("RS256", { extractable: true });
  stranger = await generateKeyPair("RS256");
  publicJwk = { ...(await exportJWK(google.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  publicPem = await exportSPKI(google.publicKey);
  check = createOidcCheck({ audience: AUDIENCE, email: EMAIL }, createLocalJWKSet({ keys: [publicJwk] }));
});

const now = () => Math.floor(Date.now() / 1000);

const good = (): JWTPayload => ({
  iss: "https://accounts.google.com",
  aud: AUDIENCE,
  azp: "113774264463038321964",
  sub: "113774264463038321964",
  email: EMAIL,
  email_verified: true,
  iat: now(),
  exp: now() + 3600,
});

function sign(claims: JWTPayload, header: { alg: string; kid?: string } = { alg: "RS256", kid: "k1" }, pair = google) {
  return new SignJWT(claims).setProtectedHeader(header).sign(pair.privateKey);
}

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token of any header and claims, signed by HMAC with any secret or not at all. */
function forged(header: object, claims: JWTPayload, secret?: string): string {
  const head = `${segment(header)}.${segment(claims)}`;
  return `${head}.${secret === undefined ? "" : createHmac("sha256", secret).update(head).digest("base64url")}`;
}

function without(claim: string): JWTPayload {
  const claims = good();
  delete claims[claim];
  return claims;
}

/** Every attack, and what it presents as the header's value. */
const ATTACKS: Record<string, () => Promise<string | undefined> | string | undefined> = {
  "no header": () => undefined,
  "an empty header": () => "",
  "another scheme": () => "Basic cHVzaDpwdXNo",
  "no token": () => "Bearer ",
  "no JWT": () => "Bearer abc",
  "the wrong issuer": async () => bearer(await sign({ ...good(), iss: "https://accounts.example.com" })),
  "an issuer that begins like Google's": async () =>
    bearer(await sign({ ...good(), iss: "https://accounts.google.com.example.com" })),
  "no issuer": async () => bearer(await sign(without("iss"))),
  "the wrong audience": async () => bearer(await sign({ ...good(), aud: "https://other.example.com" })),
  "an audience that contains ours": async () => bearer(await sign({ ...good(), aud: `${AUDIENCE}/more` })),
  "ours among other audiences": async () =>
    bearer(await sign({ ...good(), aud: [AUDIENCE, "https://other.example.com"] })),
  "a list with our audience alone": async () => bearer(await sign({ ...good(), aud: [AUDIENCE] })),
  "no audience": async () => bearer(await sign(without("aud"))),
  "another service account": async () =>
    bearer(await sign({ ...good(), email: "push@other-project.iam.gserviceaccount.com" })),
  "the e-mail address in other letters": async () => bearer(await sign({ ...good(), email: EMAIL.toUpperCase() })),
  "no e-mail address": async () => bearer(await sign(without("email"))),
  "an unverified e-mail address": async () => bearer(await sign({ ...good(), email_verified: false })),
  "verified as a word": async () => bearer(await sign({ ...good(), email_verified: "true" })),
  "nothing about verification": async () => bearer(await sign(without("email_verified"))),
  "an expired token": async () => bearer(await sign({ ...good(), iat: now() - 7200, exp: now() - 3600 })),
  "a token that expired a minute ago": async () =>
    bearer(await sign({ ...good(), iat: now() - 3660, exp: now() - 60 })),
  "no expiry": async () => bearer(await sign(without("exp"))),
  "a token for years": async () => bearer(await sign({ ...good(), iat: now() - 86_400, exp: now() + 86_400 * 365 })),
  "a token not yet valid": async () => bearer(await sign({ ...good(), nbf: now() + 600 })),
  "a token of the future": async () => bearer(await sign({ ...good(), iat: now() + 600, exp: now() + 4200 })),
  "alg none": () => bearer(forged({ alg: "none", kid: "k1" }, good())),
  "alg None with a signature": () => bearer(forged({ alg: "None", kid: "k1" }, good(), "x")),
  "HS256 with the public key as the secret": () => bearer(forged({ alg: "HS256", kid: "k1" }, good(), publicPem)),
  "HS256 with the modulus as the secret": () => bearer(forged({ alg: "HS256", kid: "k1" }, good(), publicJwk.n!)),
  "an unknown key id": async () => bearer(await sign(good(), { alg: "RS256", kid: "k2" })),
  "somebody else's key under Google's id": async () =>
    bearer(await sign(good(), { alg: "RS256", kid: "k1" }, stranger)),
  "its own key in the header": async () =>
    bearer(
      await new SignJWT(good())
        .setProtectedHeader({ alg: "RS256", jwk: await exportJWK(stranger.publicKey) })
        .sign(stranger.privateKey),
    ),
  "changed claims under an old signature": async () => {
    const [head, , signature] = (await sign(without("email"))).split(".");
    return bearer(`${head}.${segment(good())}.${signature}`);
  },
  "a token of 10 KB": async () => bearer(await sign({ ...good(), padding: "x".repeat(10_000) })),
  "two tokens": async () => `${bearer(await sign(good()))}, ${bearer(await sign(good()))}`,
};

function bearer(token: string): string {
  return `Bearer ${token}`;
}

describe("OIDC check of pushes", () => {
  it("lets Google's token for our subscription pass", async () => {
    expect(await check(bearer(await sign(good())))).toEqual({ ok: true });
    expect(await check(bearer(await sign({ ...good(), iss: "accounts.google.com" })))).toEqual({ ok: true });
  });

  for (const [name, attack] of Object.entries(ATTACKS)) {
    it(`refuses ${name}`, async () => {
      expect(await check(await attack())).toMatchObject({ ok: false, status: 401 });
    });
  }

  it("does not blame the caller when Google's keys cannot be had", async () => {
    for (const error of [new TypeError("fetch failed"), new errors.JWKSTimeout(), new errors.JWKSInvalid()]) {
      const offline = createOidcCheck({ audience: AUDIENCE, email: EMAIL }, () => Promise.reject(error));
      expect(await offline(bearer(await sign(good())))).toMatchObject({ ok: false, status: 503 });
    }
  });
});

describe("push endpoint", () => {
  interface Watched {
    readonly event: FunctionUrlEvent;
    readonly looked: () => boolean;
  }

  /** An event that knows whether anybody looked at its body. */
  function watched(authorization: string | undefined, body = BODY): Watched {
    let looked = false;
    const headers = authorization === undefined ? {} : { authorization };
    return {
      event: {
        requestContext: { http: { method: "POST" } },
        headers,
        isBase64Encoded: false,
        get body() {
          looked = true;
          return body;
        },
      },
      looked: () => looked,
    };
  }

  function endpoint(enqueue?: (body: string) => Promise<void>) {
    const queued: string[] = [];
    const lines: string[] = [];
    const handler = createPushEndpoint(check, enqueue ?? (async (body) => void queued.push(body)), (line) =>
      lines.push(line),
    );
    return { handler, queued, lines };
  }

  for (const [name, attack] of Object.entries(ATTACKS)) {
    it(`looks at nothing and stores nothing for ${name}`, async () => {
      const { handler, queued, lines } = endpoint();
      const authorization = await attack();
      const { event, looked } = watched(authorization);
      expect((await handler(event)).statusCode).toBe(401);
      expect(looked()).toBe(false);
      expect(queued).toEqual([]);
      if (authorization !== undefined && authorization.length > 20)
        expect(lines.join("")).not.toContain(authorization.slice(7, 60));
    });
  }

  it("queues the body as it came, whatever it holds, and answers 204 after the queue has it", async () => {
    let accepted = false;
    const { handler } = endpoint(async (body) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(body).toBe('{"message":  not even json');
      accepted = true;
    });
    const { event } = watched(bearer(await sign(good())), '{"message":  not even json');
    expect(await handler(event)).toEqual({ statusCode: 204 });
    expect(accepted).toBe(true);
  });

  it("takes base64 bodies", async () => {
    const { handler, queued } = endpoint();
    const event = {
      ...watched(bearer(await sign(good()))).event,
      body: Buffer.from(BODY).toString("base64"),
      isBase64Encoded: true,
    };
    expect((await handler(event)).statusCode).toBe(204);
    expect(queued).toEqual([BODY]);
  });

  it("answers 503 when the queue does not take it", async () => {
    const { handler, lines } = endpoint(() =>
      Promise.reject(Object.assign(new Error(BODY), { name: "ThrottlingException" })),
    );
    expect((await handler(watched(bearer(await sign(good()))).event)).statusCode).toBe(503);
    expect(lines.join("")).toContain("ThrottlingException");
    expect(lines.join("")).not.toContain("subscription");
  });

  it("refuses an oversized body, an empty one, and text that is not UTF-8", async () => {
    const { handler, queued } = endpoint();
    const token = bearer(await sign(good()));
    expect((await handler(watched(token, "x".repeat(MAX_PUSH_BYTES + 1)).event)).statusCode).toBe(413);
    expect((await handler(watched(token, "").event)).statusCode).toBe(400);
    const binary = {
      ...watched(token).event,
      body: Buffer.from([0xff, 0xfe]).toString("base64"),
      isBase64Encoded: true,
    };
    expect((await handler(binary)).statusCode).toBe(400);
    expect(queued).toEqual([]);
    const most = `"${"x".repeat(MAX_PUSH_BYTES - 2)}"`;
    expect((await handler(watched(token, most).event)).statusCode).toBe(204);
  });

  it("takes POST only", async () => {
    const { handler } = endpoint();
    const event = { ...watched(bearer(await sign(good()))).event, requestContext: { http: { method: "GET" } } };
    expect((await handler(event)).statusCode).toBe(405);
  });
});
