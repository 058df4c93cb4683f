import { StorageError } from "./sink.ts";

/** What matters of an error that the AWS SDK throws, or Node's sockets below it. */
interface Failure {
  /** S3's error code (`NoSuchBucket`), or the class of the error. */
  readonly name: string;
  /** Of Node: `ECONNRESET`. */
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
}

interface Meaning {
  readonly matches: (failure: Failure) => boolean;
  /** Says what is wrong and what to do. */
  readonly text: string;
  readonly retryable: boolean;
}

const SOCKET_CODES: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);

/** Bytes that were damaged or cut on their way. */
const DAMAGED: ReadonlySet<string> = new Set([
  "BadDigest",
  "XAmzContentChecksumMismatch",
  "IncompleteBody",
  "RequestTimeout",
]);

const CREDENTIALS: ReadonlySet<string> = new Set([
  "CredentialsProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidAccessKeyId",
  "InvalidToken",
  "SignatureDoesNotMatch",
  "TokenRefreshRequired",
]);

const WRONG_REGION: ReadonlySet<string> = new Set([
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);

/**
 * First match counts. Source: Amazon S3 API reference, "Error responses"; 409 on a conditional write: S3 user guide,
 * "How to prevent object overwrites with conditional writes" ("retry the upload").
 */
const MEANINGS: readonly Meaning[] = [
  {
    matches: ({ name }) => name === "TimeoutError",
    text: "no answer in time: try again; if it stays so, check the network and the endpoint",
    retryable: true,
  },
  {
    matches: ({ code }) => SOCKET_CODES.has(code),
    text: "the connection failed: try again; if it stays so, check the network and the endpoint",
    retryable: true,
  },
  {
    matches: ({ code }) => code === "ENOTFOUND",
    text: "the host is not known: check the bucket's name, AWS_REGION and AWS_ENDPOINT_URL",
    retryable: false,
  },
  {
    matches: ({ status }) => status === 501,
    text: "this store lacks a feature that the lake needs (conditional writes with If-None-Match, SHA-256 checksums)",
    retryable: false,
  },
  {
    matches: ({ status }) => status >= 500,
    text: "the store failed or asks for less traffic: try again",
    retryable: true,
  },
  {
    matches: ({ status }) => status === 409 || status === 429,
    text: "others write the same name or too much at the moment: try again",
    retryable: true,
  },
  {
    matches: ({ name }) => DAMAGED.has(name),
    text: "the bytes did not arrive whole: try again",
    retryable: true,
  },
  {
    matches: ({ name }) => name === "NoSuchBucket",
    text: "there is no such bucket: create it or correct the lake's URL",
    retryable: false,
  },
  {
    matches: ({ name }) => name === "RequestTimeTooSkewed",
    text: "this machine's clock is wrong: set it",
    retryable: false,
  },
  {
    matches: ({ name }) => CREDENTIALS.has(name),
    text: "there are no valid AWS credentials: sign in again or set AWS_PROFILE or a role",
    retryable: false,
  },
  {
    matches: ({ name, status }) => WRONG_REGION.has(name) || status === 301,
    text: "the bucket is in another region: set AWS_REGION to it",
    retryable: false,
  },
  {
    matches: ({ status }) => status === 401 || status === 403,
    text:
      "access denied: writing needs s3:PutObject on the lake's prefix, reading s3:GetObject and s3:ListBucket, " +
      "and a lake with its own KMS key kms:GenerateDataKey and kms:Decrypt",
    retryable: false,
  },
  {
    matches: ({ name, status }) => name === "NoSuchKey" || status === 404,
    text: "there is no such object",
    retryable: false,
  },
];

/** True when the object is there already: what `If-None-Match: *` found. */
export function isTaken(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return status === 412 || name === "PreconditionFailed";
}

export function isRetryable(error: unknown): boolean {
  return meaningOf(failureOf(error))?.retryable ?? false;
}

/** @param action what was tried: "write", "read" or "list". */
export function s3Error(url: string, action: string, key: string, error: unknown): StorageError {
  const failure = failureOf(error);
  const meaning = meaningOf(failure);
  // The SDK has no class for a region that is nowhere set.
  const text = meaning?.text ?? (isMissingRegion(error) ? "no region is set: set AWS_REGION" : "unexpected failure");
  const status = failure.status === 0 ? "" : `, HTTP ${failure.status}`;
  return new StorageError(
    `lake ${url}: cannot ${action} ${key || "it"}: ${text} (${failure.code || failure.name}${status})`,
    {
      key,
      retryable: meaning?.retryable ?? false,
      cause: error,
    },
  );
}

function meaningOf(failure: Failure): Meaning | undefined {
  return MEANINGS.find(({ matches }) => matches(failure));
}

function failureOf(error: unknown): Failure {
  const { name, code, $metadata } = (error ?? {}) as {
    name?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: unknown };
  };
  const status = $metadata?.httpStatusCode;
  return { name: word(name) || "Error", code: word(code), status: typeof status === "number" ? status : 0 };
}

/** Names come out of the server's answer: only what looks like one gets into messages. */
function word(value: unknown): string {
  return typeof value === "string" && /^[A-Za-z0-9_.]{1,64}$/.test(value) ? value : "";
}

function isMissingRegion(error: unknown): boolean {
  return error instanceof Error && error.message === "Region is missing";
}
