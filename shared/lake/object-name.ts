import { createHash } from "node:crypto";

export interface ObjectName {
  /** Second of the first event, canonical UTC `2026-11-22T13:05:01Z`; undefined when that event's time is unknown. */
  readonly time: string | undefined;
  /** Events inside. */
  readonly count: number;
  /** {@link eventsDigest} of what is inside. */
  readonly digest: string;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=[.Z])/;
const NAME = /^(?:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z|unknown)-([1-9]\d{0,8})-([0-9a-f]{24})\.ndjson\.gz$/;

/**
 * The name of an object of events: `20261122T130501Z-482-<24 hex>.ndjson.gz`. It derives from what is inside and from
 * nothing else, so that a redelivery writes the same name and finds it taken.
 *
 * @param firstTime canonical UTC time of the first event in the object; another form gives `unknown`.
 * @param count events in the object, at least 1.
 * @param digest {@link eventsDigest} of their ids.
 */
export function objectName(firstTime: string, count: number, digest: string): string {
  const second = TIME.exec(firstTime)?.[0];
  return `${second === undefined ? "unknown" : `${second.replace(/[-:]/g, "")}Z`}-${count}-${digest}.ndjson.gz`;
}

/** Takes an {@link objectName} apart; undefined when `name` is not one. `name` is the last part of a key. */
export function parseObjectName(name: string): ObjectName | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, count, digest] = match;
  const time = year === undefined ? undefined : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return { time, count: Number(count), digest: digest! };
}

/**
 * First 24 hex digits (96 bits) of SHA-256 over the event ids in the order of the lines, joined with `\n` (none at the
 * end): `jq -r .ingest.eventId | head -c -1 | sha256sum` of an object gives its own name.
 */
export function eventsDigest(eventIds: Iterable<string>): string {
  return createHash("sha256")
    .update([...eventIds].join("\n"))
    .digest("hex")
    .slice(0, 24);
}
