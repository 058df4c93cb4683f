import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";

/** Who may push: both are set on the push subscription. */
export interface OidcExpectation {
  /** Compared whole: a token for several audiences is refused. */
  readonly audience: string;
  /** The service account that Pub/Sub signs in as. */
  readonly email: string;
}

export type OidcVerdict =
  | { readonly ok: true }
  /** 401: the token is not good. 503: Google's keys could not be had, the same token may pass later. */
  | { readonly ok: false; readonly status: 401 | 503; readonly reason: string };

/** Takes the value of the `authorization` header. Never throws. */
export type OidcCheck = (authorization: string | undefined) => Promise<OidcVerdict>;

/** `jwks_uri` of https://accounts.google.com/.well-known/openid-configuration */
const GOOGLE_KEYS = new URL("https://www.googleapis.com/oauth2/v3/certs");

/** Google writes either; OpenID Connect says the first. developers.google.com/identity/openid-connect/openid-connect */
const ISSUERS = ["https://accounts.google.com", "accounts.google.com"];

/** Two clocks that NTP keeps differ by less. */
const CLOCK_TOLERANCE_S = 30;

/** Google's tokens live an hour (cloud.google.com/pubsub/docs/authenticate-push-subscriptions). */
const MAX_AGE_S = 3_600;

/** Google's are 1 to 1.5 KB. */
const MAX_HEADER_CHARACTERS = 8_192;

const BEARER = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

/**
 * Google's current signing keys. They are fetched when first needed, kept ten minutes, and fetched again for an unknown
 * key id at most every 30 seconds, so that made-up tokens cannot make it ask Google each time.
 */
export function googleKeys(): JWTVerifyGetKey {
  return createRemoteJWKSet(GOOGLE_KEYS, { timeoutDuration: 5_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 });
}

/**
 * Verifies the identity token of a Pub/Sub push: RS256 signature by one of Google's keys, issuer, audience, the service
 * account's e-mail and that Google vouches for it, expiry and start.
 * Source: cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
export function createOidcCheck(expected: OidcExpectation, keys: JWTVerifyGetKey = googleKeys()): OidcCheck {
  return async (authorization) => {
    if (authorization === undefined) return refused("no token");
    if (authorization.length > MAX_HEADER_CHARACTERS) return refused("the token is too long");
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return refused("no bearer token");
    try {
      const { payload } = await jwtVerify(token, keys, {
        // One algorithm: with a list that had HS256 in it, a public key would do as the shared secret.
        algorithms: ["RS256"],
        issuer: ISSUERS,
        audience: expected.audience,
        requiredClaims: ["exp", "iat", "email", "email_verified"],
        clockTolerance: CLOCK_TOLERANCE_S,
        maxTokenAge: MAX_AGE_S,
      });
      // jose takes a list that contains the audience too.
      if (payload.aud !== expected.audience) return refused("the audience is another");
      if (payload["email"] !== expected.email) return refused("the service account is another");
      if (payload["email_verified"] !== true) return refused("the e-mail address is not verified");
      return { ok: true };
    } catch (error) {
      return verdictOf(error);
    }
  };
}

/** What jose throws when the keys could not be had, as opposed to a token that they do not fit. */
function verdictOf(error: unknown): OidcVerdict {
  const bad =
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys;
  // jose's codes are a fixed list; its messages are not used.
  if (bad) return refused((error as { code: string }).code);
  return { ok: false, status: 503, reason: "Google's signing keys could not be had" };
}

function refused(reason: string): OidcVerdict {
  return { ok: false, status: 401, reason };
}
