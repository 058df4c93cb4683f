import type { S3ClientConfig } from "@aws-sdk/client-s3";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { checkKey } from "./key.ts";
import type { RetryClock, RetryPolicy } from "./retry.ts";
import { withRetries } from "./retry.ts";
import { isRetryable, isTaken, s3Error } from "./s3-errors.ts";
import type { Lake, LakeObject, PutResult } from "./sink.ts";
import { StorageError } from "./sink.ts";

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at the ends; empty for the bucket's root. */
  readonly prefix: string;
  /** As the user gave it, for messages. */
  readonly url: string;
}

export interface S3LakeOptions {
  /** `http://host:port` of another store than AWS; absent: AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else AWS. */
  readonly endpoint?: string;
  /** `http://host/bucket/key` in place of `http://bucket.host/key`: what most other stores need. */
  readonly forcePathStyle?: boolean;
  readonly region?: string;
  readonly credentials?: NonNullable<S3ClientConfig["credentials"]>;
  readonly retry?: Partial<RetryPolicy>;
  readonly clock?: RetryClock;
  readonly connectTimeoutMs?: number;
  /** Without a byte in either direction. */
  readonly idleTimeoutMs?: number;
  /** From the start of a request to its answer. */
  readonly requestTimeoutMs?: number;
}

/**
 * Pauses add up to about 6 seconds on average and 11 at most; the deadline also bounds calls that time out. A source
 * delivers again anyway, so to give up soon costs less than a function that is billed while it waits.
 */
const RETRY: RetryPolicy = { maxAttempts: 8, baseDelayMs: 100, maxDelayMs: 5_000, deadlineMs: 60_000 };
const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 15_000;
/** 8 objects of 1 MB at a time pass a line of 1 Mbit/s in this time. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Versions of objects that were read last are remembered, for {@link S3Lake.replace}; who replaces does so soon. */
const MAX_REMEMBERED = 256;

/**
 * A lake under `s3://bucket/prefix`, on Amazon S3 or a store that speaks its protocol.
 *
 * Every put is conditional (`If-None-Match: *`): a name that is taken is left alone. When the answer to a put is lost,
 * the repeated put finds the name taken by the first, and reports "exists": nothing is lost or doubled, at worst the
 * events of that one object are counted as already stored. A store that ignores the header replaces the object by the
 * same events.
 */
export class S3Lake implements Lake {
  readonly url: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #policy: RetryPolicy;
  readonly #clock: RetryClock | undefined;
  /** ETag of each object at its last reading. */
  readonly #etags = new Map<string, string>();

  constructor(location: S3Location, options: S3LakeOptions = {}) {
    this.url = location.url;
    this.#bucket = location.bucket;
    this.#prefix = location.prefix === "" ? "" : `${location.prefix}/`;
    this.#policy = { ...RETRY, ...options.retry };
    this.#clock = options.clock;
    this.#client = new S3Client({
      // The SDK retries neither 409 nor by our deadline; both retrying would multiply.
      maxAttempts: 1,
      followRegionRedirects: true,
      // A question before each large body costs a round trip and a connection of its own.
      expectContinueHeader: false,
      forcePathStyle: options.forcePathStyle ?? false,
      requestHandler: {
        connectionTimeout: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        socketTimeout: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
        requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
        // Without this the SDK only prints a warning and waits on.
        throwOnRequestTimeout: true,
      },
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      ...(options.region === undefined ? {} : { region: options.region }),
      ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    });
  }

  async put(key: string, body: Uint8Array): Promise<PutResult> {
    checkKey(key, this.url);
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: this.#prefix + key,
      Body: body,
      IfNoneMatch: "*",
      ChecksumAlgorithm: "SHA256",
      // No Content-Encoding: HTTP clients would unpack the object behind the back of engines that go by its `.gz`.
      ContentType: "application/gzip",
    });
    try {
      await this.#retrying(() => this.#client.send(command));
      return "created";
    } catch (error) {
      if (isTaken(error)) return "exists";
      throw s3Error(this.url, "write", key, error);
    }
  }

  async get(key: string): Promise<Uint8Array> {
    checkKey(key, this.url);
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
    try {
      return await this.#retrying(async () => {
        const { Body, ETag } = await this.#client.send(command);
        this.#remember(key, ETag);
        return Body === undefined ? new Uint8Array(0) : await Body.transformToByteArray();
      });
    } catch (error) {
      throw s3Error(this.url, "read", key, error);
    }
  }

  /**
   * A put on condition of the ETag that the last reading saw (`If-Match`; the present one when this lake did not read
   * the object), so that what somebody else wrote meanwhile is not lost. In a bucket with versioning the replaced bytes
   * stay as a noncurrent version until that is deleted.
   */
  async replace(key: string, body: Uint8Array): Promise<void> {
    checkKey(key, this.url);
    try {
      const command = new PutObjectCommand({
        Bucket: this.#bucket,
        Key: this.#prefix + key,
        Body: body,
        IfMatch: this.#etags.get(key) ?? (await this.#etagOf(key)),
        ChecksumAlgorithm: "SHA256",
        ContentType: "application/gzip",
      });
      const { ETag } = await this.#retrying(() => this.#client.send(command));
      this.#remember(key, ETag);
    } catch (error) {
      if (!isTaken(error)) throw s3Error(this.url, "replace", key, error);
      // Ours, when the put was repeated because its acknowledgement was lost.
      if (Buffer.compare(await this.get(key), body) === 0) return;
      throw new StorageError(
        `lake ${this.url}: ${key} was changed by somebody else since it was read: it is left as it is, do the same again`,
        { key, retryable: true, cause: error },
      );
    }
  }

  async folders(prefix: string): Promise<string[]> {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token, "/");
      for (const { Prefix } of page.CommonPrefixes ?? []) {
        const name = Prefix?.slice(this.#prefix.length + prefix.length, -1);
        if (name !== undefined && name !== "") names.push(name);
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return names.sort();
  }

  async *list(prefix: string): AsyncGenerator<LakeObject> {
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      for (const { Key, Size } of page.Contents ?? []) {
        // Consoles make "folders": empty objects with a slash at the end.
        if (Key === undefined || Key.endsWith("/")) continue;
        yield { key: Key.slice(this.#prefix.length), size: Size ?? 0 };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Throws errors of the SDK. */
  async #etagOf(key: string): Promise<string> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key });
    const { ETag } = await this.#retrying(() => this.#client.send(command));
    // Without one the put would not be conditional.
    if (ETag === undefined) throw new Error("no ETag");
    return ETag;
  }

  #remember(key: string, etag: string | undefined): void {
    this.#etags.delete(key);
    if (etag === undefined) return;
    if (this.#etags.size >= MAX_REMEMBERED) this.#etags.delete(this.#etags.keys().next().value!);
    this.#etags.set(key, etag);
  }

  async #page(prefix: string, token: string | undefined, delimiter?: string) {
    const command = new ListObjectsV2Command({
      Bucket: this.#bucket,
      Prefix: this.#prefix + prefix,
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
    });
    try {
      return await this.#retrying(() => this.#client.send(command));
    } catch (error) {
      throw s3Error(this.url, "list", prefix, error);
    }
  }

  #retrying<T>(call: () => Promise<T>): Promise<T> {
    return withRetries(call, isRetryable, this.#policy, this.#clock);
  }
}
