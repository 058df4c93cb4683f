import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openLake } from "../../shared/lake/open.ts";
import { StorageError } from "../../shared/lake/sink.ts";

/** The place where records of failed invocations lie. */
export interface FailedStore {
  /** For messages. */
  readonly url: string;
  keys(): AsyncIterable<string>;
  /** @throws StorageError */
  get(key: string): Promise<Uint8Array>;
  /** @throws StorageError when the record may still be there. */
  remove(key: string): Promise<void>;
}

/**
 * Opens the place at `url`, in any form that a lake may have.
 * @throws LakeUrlError
 */
export async function openFailedStore(url: string, env: NodeJS.ProcessEnv = process.env): Promise<FailedStore> {
  const place = await openLake(url, env);
  const { directory } = place;
  return {
    url,
    async *keys() {
      for await (const { key } of place.list("")) yield key;
    },
    get: (key) => place.get(key),
    remove: directory === undefined ? await removerInS3(url, env) : (key) => rm(join(directory, key)),
  };
}

/** A lake only ever adds: taking away is done here and nowhere else. */
async function removerInS3(url: string, env: NodeJS.ProcessEnv): Promise<(key: string) => Promise<void>> {
  const { DeleteObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = new S3Client({
    followRegionRedirects: true,
    forcePathStyle: env["CLUSTERTRAIL_S3_PATH_STYLE"] === "1",
  });
  const [bucket, ...prefix] = url.slice("s3://".length).split("/");
  const root = prefix
    .filter((part) => part !== "")
    .map((part) => `${part}/`)
    .join("");
  return async (key) => {
    try {
      await client.send(new DeleteObjectCommand({ Bucket: bucket!, Key: root + key }));
    } catch (error) {
      const code = (error as { name?: string }).name ?? "unknown";
      throw new StorageError(
        `${url}: a record that is in the lake now could not be removed (${code}): s3:DeleteObject is needed; until then it is fed in again, which stores nothing twice`,
        { key, retryable: true },
      );
    }
  };
}
