import { createHash } from "node:crypto";

export interface PartitionKey {
  readonly provider?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly cluster?: string | undefined;
  /** Canonical UTC RFC 3339, `2026-11-22T13:05:01Z`; anything else has date and hour `unknown`. */
  readonly time?: string | undefined;
}

/** Stands for a value that nobody knows: absent, empty, or this very word. */
const UNKNOWN = "unknown";

/**
 * The folder of an event below `events/v1/` or `quarantine/v1/`, without slashes at the ends:
 * `provider=eks/account=111122223333/region=eu-west-1/cluster_name=prod/date=2026-11-22/hour=13`.
 *
 * Total: any strings give exactly these six folders, and two different sets of values never give the same ones
 * ({@link escapeValue}). On a file system that ignores case, clusters whose names differ only by case share a folder;
 * their objects stay apart, because event ids, and with them object names, contain the cluster's id.
 */
export function partitionPath(key: PartitionKey): string {
  const { time } = key;
  const timed = time !== undefined && CANONICAL_HOUR.test(time);
  const date = timed ? time.slice(0, 10) : UNKNOWN;
  const hour = timed ? time.slice(11, 13) : UNKNOWN;
  return `provider=${escapeValue(key.provider)}/account=${escapeValue(key.account)}/region=${escapeValue(key.region)}/cluster_name=${escapeValue(key.cluster)}/date=${date}/hour=${hour}`;
}

const CANONICAL_HOUR = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Nearly every value: needs no escape. Dots at the ends are excluded. */
const PLAIN = /^[A-Za-z0-9_-](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9_-])?$/;

/**
 * File names end at 255 bytes (ext4, APFS, NTFS), S3 keys at 1,024: with three values of this size, the rest of the
 * path and the object's name there are about 270 bytes left for the lake's own prefix.
 */
const MAX_VALUE_BYTES = 200;
const DIGEST_HEX = 32;

/**
 * One partition value in a form that is safe in a folder name, an S3 key and a SQL engine's partition decoder.
 *
 * Bytes of UTF-8 outside `[A-Za-z0-9._-]` become `%XX`, the form that Hive, Athena and DuckDB decode, so that a query
 * sees the original value. Dots at the ends are escaped too (`..`; hidden files; Windows drops trailing ones), and
 * Hive's name for NULL never stands unescaped. Values that would be too long, or that are not well-formed Unicode
 * (one `%ED%A0%80` makes DuckDB refuse the whole lake), are not reversible: a readable start, `~` (which no other
 * value contains) and 32 hex digits of SHA-256 over the value's UTF-16 code units keep them apart.
 */
export function escapeValue(value: string | undefined): string {
  if (value === undefined || value === "") return UNKNOWN;
  if (PLAIN.test(value) && value !== HIVE_NULL) return value;
  if (value.isWellFormed() && value.length <= MAX_VALUE_BYTES) {
    const escaped = escapeText(value);
    if (escaped.length <= MAX_VALUE_BYTES) return escaped;
  }
  const digest = createHash("sha256").update(Buffer.from(value, "utf16le")).digest("hex").slice(0, DIGEST_HEX);
  return `${readableStart(value, MAX_VALUE_BYTES - DIGEST_HEX - 3)}~${digest}`;
}

const HIVE_NULL = "__HIVE_DEFAULT_PARTITION__";

function escapeText(value: string): string {
  const escaped = encodeURIComponent(value)
    .replace(/[!'()*~]/g, percent)
    .replace(/^\.|\.$/g, percent);
  return escaped === HIVE_NULL ? `%5F${escaped.slice(1)}` : escaped;
}

/** One ASCII character as `%XX`. */
function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** As many whole characters of `value`, escaped, as fit into `maxBytes` (+ 2): a cut through one would not decode. */
function readableStart(value: string, maxBytes: number): string {
  let start = "";
  // No character takes less than one byte: the rest of a value of megabytes need not be looked at.
  for (const char of value.slice(0, maxBytes).toWellFormed()) {
    const escaped = encodeURIComponent(char).replace(/[!'()*~]/g, percent);
    if (start.length + escaped.length > maxBytes) break;
    start += escaped;
  }
  return start.replace(/^\./, percent);
}
