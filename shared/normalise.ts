import type { EventItem, Place } from "./adapter.ts";
import type { AuditEvent, Cloud, Cluster, IngestInfo, NativeEvent, Truncation } from "./event.ts";
import { BODY_KEYS, NATIVE_KEYS } from "./event.ts";
import { eventId } from "./identity.ts";
import { isObject } from "./json.ts";
import { parseTime } from "./time.ts";

/** Stands for the time of an event that names none and came by a path that names none: visibly not a real time. */
export const NO_TIME = "1970-01-01T00:00:00Z";

/** Stands for a cluster, account or region that neither the record nor the caller names. */
export const UNKNOWN = "unknown";

const NATIVE = new Set<string>([...NATIVE_KEYS, ...BODY_KEYS]);
const ADDED = new Set(["time", "cloud", "cluster", "ingest"]);

/** What {@link normalise} needs to know of an item beside its native event. */
export type Provenance = Omit<EventItem, "kind" | "event">;

/**
 * Builds the one event from a native one: the added keys first, native keys in fixed order, unknown keys, bodies last.
 * Native values are moved, not copied; nulls at the top level are left out (absent, not null).
 *
 * @param recordId the source's id of the record, or the delivery's id and the record number.
 * @param salvaged given for a stub; otherwise the record's own marks of truncation are looked for.
 */
export function normalise(native: NativeEvent, item: Provenance, recordId: string, salvaged?: Truncation): AuditEvent {
  const truncated = salvaged ?? nativeTruncation(native);
  const inferred = item.inferred === undefined ? [] : [...item.inferred];
  const cluster = clusterOf(item.place);
  if (item.place.cluster === undefined) inferred.push("cluster.name");

  const delivered = item.delivered === undefined ? undefined : parseTime(item.delivered)?.utc;
  const id = eventId(cluster.id, native, recordId, { split: item.split, stub: salvaged !== undefined });
  const ingest: IngestInfo =
    delivered === undefined
      ? { schema: 1, source: item.source, id: recordId, eventId: id }
      : { schema: 1, source: item.source, id: recordId, delivered, eventId: id };
  const event: AuditEvent = {
    time: eventTime(native, delivered, inferred),
    cloud: cloudOf(item.place),
    cluster,
    ingest,
  };
  copyNative(native, event, inferred);
  if (inferred.length > 0) ingest.inferred = inferred;
  if (truncated !== undefined) ingest.truncated = truncated;
  if (item.split !== undefined) ingest.split = item.split;
  return event;
}

/** Places repeat for every record of a delivery: each is turned into its two header objects once. */
const clouds = new WeakMap<Place, Cloud>();
const clusters = new WeakMap<Place, Cluster>();

function cloudOf(place: Place): Cloud {
  let cloud = clouds.get(place);
  if (cloud === undefined) {
    cloud = { provider: place.cloud };
    if (place.account !== undefined) cloud.account = { id: place.account };
    if (place.region !== undefined) cloud.region = place.region;
    clouds.set(place, Object.freeze(cloud));
  }
  return cloud;
}

function clusterOf(place: Place): Cluster {
  let cluster = clusters.get(place);
  if (cluster === undefined) {
    const name = place.cluster ?? UNKNOWN;
    cluster = Object.freeze({ provider: place.provider, name, id: place.clusterId ?? name });
    clusters.set(place, cluster);
  }
  return cluster;
}

/** stageTimestamp, else requestReceivedTimestamp, else the old `timestamp`, else the delivery time, else {@link NO_TIME}. */
function eventTime(native: NativeEvent, delivered: string | undefined, inferred: string[]): string {
  const instant =
    parseTime(native["stageTimestamp"]) ??
    parseTime(native["requestReceivedTimestamp"]) ??
    parseTime(native["timestamp"]);
  if (instant === undefined || !instant.zoned) inferred.push("time");
  return instant?.utc ?? delivered ?? NO_TIME;
}

function copyNative(native: NativeEvent, event: AuditEvent, inferred: string[]): void {
  for (const key of NATIVE_KEYS) {
    const value = native[key];
    if (value !== undefined && value !== null && Object.hasOwn(native, key)) event[key] = value;
    else if (key === "kind") {
      event[key] = "Event";
      inferred.push(key);
    } else if (key === "apiVersion") {
      event[key] = "audit.k8s.io/v1";
      inferred.push(key);
    }
  }
  for (const key of Object.keys(native)) {
    if (NATIVE.has(key) || native[key] === null) continue;
    // A forwarder's own `time` or `cluster` must not overwrite ours, and is not lost.
    setOwn(event, freeName(key, native), native[key]);
  }
  for (const key of BODY_KEYS) {
    const value = native[key];
    if (value !== undefined && value !== null) event[key] = value;
  }
}

/** The key under which a foreign `key` is kept: with underscores before it when it is one of ours, enough to be free. */
function freeName(key: string, native: NativeEvent): string {
  let name = key;
  while (ADDED.has(name) || (name !== key && Object.hasOwn(native, name))) name = `_${name}`;
  return name;
}

/** A plain assignment to `__proto__` would change the object instead of setting the key. */
function setOwn(target: AuditEvent, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

/** Azure's stand-in for a body it would not carry (shapes: AKSAudit columns and properties.log alike). */
const AKS_SKIPPED = "skipped-too-big-size-object";

/**
 * The marks that a whole, valid event carries when its bodies were taken out before it reached us: the API server's
 * truncating backend (k8s.io/apiserver plugin/pkg/audit/truncate) and Azure's stand-in string.
 */
function nativeTruncation(native: NativeEvent): Truncation | undefined {
  const skipped = BODY_KEYS.filter((key) => native[key] === AKS_SKIPPED);
  if (skipped.length > 0) return { by: "aks-skipped", missing: skipped };
  const { annotations } = native;
  if (!isObject(annotations) || annotations["audit.k8s.io/truncated"] !== "true") return undefined;
  return { by: "apiserver", missing: bodiesOf(native["level"]).filter((key) => native[key] === undefined) };
}

/** The bodies that an event of `level` may hold; both when the level is not known. */
export function bodiesOf(level: unknown): string[] {
  if (level === "Metadata" || level === "None") return [];
  return level === "Request" ? ["requestObject"] : [...BODY_KEYS];
}
