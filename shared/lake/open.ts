import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { DirectoryLake } from "./directory.ts";
import type { S3LakeOptions, S3Location } from "./s3.ts";
import type { Lake } from "./sink.ts";

/** The text is not a lake's URL. `message` says what one looks like. */
export class LakeUrlError extends Error {
  override readonly name = "LakeUrlError";
}

const FORMS = "a lake is ./folder, /folder, file:///folder or s3://bucket/prefix";

/** Amazon S3 user guide, "Bucket naming rules", with the upper case, underscores and 255 characters of old buckets. */
const S3_URL = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9])(?:\/(.*))?$/;

/** Characters that S3's user guide calls safe in keys; each part of a prefix is made of them. */
const PREFIX = /^[A-Za-z0-9!_.*'()=-]+(?:\/[A-Za-z0-9!_.*'()=-]+)*$/;

/**
 * Opens a lake. Touches neither disk nor network: what is wrong there shows at the first read or write.
 *
 * @param url `./folder`, `../folder`, `/folder`, `file:///folder` or `s3://bucket/prefix`. A bare word is refused, so
 * that a mistyped URL makes no folder.
 * @param env for S3: CLUSTERTRAIL_S3_PATH_STYLE=1 addresses buckets by path, as most stores other than AWS need. The
 * SDK itself reads AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL_S3 and the like.
 * @param s3 for S3: credentials and Region of hosts outside AWS; absent: as the SDK finds them.
 * @throws LakeUrlError
 */
export async function openLake(
  url: string,
  env: NodeJS.ProcessEnv = process.env,
  s3: Pick<S3LakeOptions, "credentials" | "region"> = {},
): Promise<Lake> {
  if (/^s3:/i.test(url)) {
    const location = parseS3Url(url);
    // Only here: the SDK takes a tenth of a second to load, which a local lake does not owe.
    const { S3Lake } = await import("./s3.ts");
    return new S3Lake(location, { ...s3, forcePathStyle: env["CLUSTERTRAIL_S3_PATH_STYLE"] === "1" });
  }
  return new DirectoryLake(parseDirectory(url), url);
}

function parseS3Url(url: string): S3Location {
  const match = S3_URL.exec(url);
  if (match === null) throw new LakeUrlError(`"${url}" names no bucket: ${FORMS}`);
  const bucket = match[1]!;
  const prefix = (match[2] ?? "").replace(/(?<=[^/])\/$/, "");
  const parts = prefix.split("/");
  if (prefix !== "" && (!PREFIX.test(prefix) || parts.includes(".") || parts.includes(".."))) {
    throw new LakeUrlError(`"${url}" has a prefix with empty parts, dots or special characters: ${FORMS}`);
  }
  return { bucket, prefix, url };
}

function parseDirectory(url: string): string {
  if (url.includes("\0")) throw new LakeUrlError(`a lake's folder cannot contain a NUL character: ${FORMS}`);
  if (/^file:/i.test(url)) return parseFileUrl(url);
  if (isAbsolute(url) || /^\.{1,2}(?:[/\\]|$)/.test(url)) return url;
  if (/^[a-z][a-z0-9+.-]+:/i.test(url)) throw new LakeUrlError(`"${url}" is of no known kind: ${FORMS}`);
  const hint = /^[\w-]/.test(url) ? `; for a folder here write ./${url}` : "";
  throw new LakeUrlError(`"${url}" is not a lake: ${FORMS}${hint}`);
}

function parseFileUrl(url: string): string {
  // "file:lake" would silently mean /lake.
  if (!/^file:\/\/\//i.test(url))
    throw new LakeUrlError(`"${url}" must begin with file:/// and an absolute path: ${FORMS}`);
  try {
    return fileURLToPath(url);
  } catch {
    throw new LakeUrlError(`"${url}" is not a valid file URL: ${FORMS}`);
  }
}
