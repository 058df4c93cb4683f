/** How audit events of GKE leave Google: Cloud Logging entries, one by one, in arrays, and in Pub/Sub messages. */
import type { JsonObject, NativeEvent } from "../../../shared/event.ts";
import { Random } from "../random.ts";
import { type Delivery, redelivered, Tally } from "./delivery.ts";
import { type GkePlace, gkeEntry, isExported, isRead, oldGkeEntry, splitEntry } from "./gke-entry.ts";

export interface GkeOptions {
  seed?: number | string;
  project?: string;
  location?: string;
  cluster?: string;
  /** Data Access logs are off by default in Google's projects; without them there are no reads. Default true. */
  dataAccess?: boolean;
  /** Longest audit entry in bytes of JSON; longer ones come in parts. */
  splitBytes?: number;
  /** `old`: the entries of 2018. */
  generation?: "new" | "old";
  /** Whether entries of other Google services are mixed in. */
  noise?: boolean;
  /** Every so many messages one comes twice; 0 for never. */
  duplicateEvery?: number;
}

const DEFAULT_SPLIT = 524_288;
const NOISE_SHARE = 0.004;

/** Log entries, in time order. */
export function* gkeEntries(events: Iterable<NativeEvent>, options: GkeOptions = {}): Generator<Delivery<JsonObject>> {
  const random = new Random(options.seed ?? 1).fork("gke");
  const place: GkePlace = {
    project: options.project ?? "example-project",
    location: options.location ?? "europe-west1",
    cluster: options.cluster ?? "prod",
  };
  const limit = options.splitBytes ?? DEFAULT_SPLIT;
  const tally = new Tally();
  for (const event of events) {
    if (!isExported(event) || (isRead(event) && options.dataAccess === false)) continue;
    if ((options.noise ?? true) && random.chance(NOISE_SHARE)) {
      tally.skip("other-service");
      yield tally.take(otherService(random, place, String(event["stageTimestamp"])));
    }
    const entry = options.generation === "old" ? oldGkeEntry(event, place, random) : gkeEntry(event, place, random);
    // Only what has a body can be that long, so the rest is not measured.
    const long = event["responseObject"] !== undefined && JSON.stringify(entry).length > limit;
    for (const part of long ? splitEntry(entry, limit, JSON.stringify(entry).length) : [entry]) {
      tally.event();
      yield tally.take(part);
    }
  }
}

/** Google's own API for clusters writes to the same logs. */
function otherService(random: Random, place: GkePlace, time: string): JsonObject {
  const id = `operation-${random.digits(13)}-${random.hex(8)}`;
  const name = `projects/${place.project}/locations/${place.location}/clusters/${place.cluster}`;
  return {
    insertId: random.suffix(12),
    logName: `projects/${place.project}/logs/cloudaudit.googleapis.com%2Factivity`,
    operation: { first: true, id, producer: "container.googleapis.com" },
    protoPayload: {
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      authenticationInfo: { principalEmail: "alice@example.com" },
      authorizationInfo: [{ granted: true, permission: "container.clusters.update", resource: name }],
      methodName: "google.container.v1.ClusterManager.SetNodePoolSize",
      requestMetadata: { callerIp: "198.51.100.11", callerSuppliedUserAgent: "google-cloud-sdk gcloud/531.0.0" },
      resourceName: `${name}/nodePools/default-pool`,
      serviceName: "container.googleapis.com",
      status: {},
    },
    receiveTimestamp: time,
    resource: {
      labels: {
        cluster_name: place.cluster,
        location: place.location,
        nodepool_name: "default-pool",
        project_id: place.project,
      },
      type: "gke_nodepool",
    },
    severity: "NOTICE",
    timestamp: time,
  };
}

interface Message {
  readonly attributes: { readonly "logging.googleapis.com/timestamp": string };
  readonly data: string;
  readonly messageId: string;
  readonly publishTime: string;
}

function message(entry: JsonObject, random: Random): Message {
  return {
    attributes: { "logging.googleapis.com/timestamp": String(entry["timestamp"]) },
    data: Buffer.from(JSON.stringify(entry), "utf8").toString("base64"),
    messageId: `1${random.digits(16)}`,
    publishTime: `${String(entry["receiveTimestamp"]).slice(0, 19)}.${random.digits(3)}Z`,
  };
}

export interface PushBody {
  message: Message & { readonly message_id: string; readonly publish_time: string };
  subscription: string;
}

/** Bodies that Pub/Sub posts to a push endpoint, some of them twice. */
export function* gkePush(events: Iterable<NativeEvent>, options: GkeOptions = {}): Generator<Delivery<PushBody>> {
  yield* redelivered(pushBodies(events, options), options.duplicateEvery ?? 200);
}

function* pushBodies(events: Iterable<NativeEvent>, options: GkeOptions): Generator<Delivery<PushBody>> {
  const random = new Random(options.seed ?? 1).fork("gke-push");
  const subscription = `projects/${options.project ?? "example-project"}/subscriptions/clustertrail`;
  for (const { payload, ...truth } of gkeEntries(events, options)) {
    const { messageId, publishTime, ...rest } = message(payload, random);
    yield {
      ...truth,
      payload: {
        message: { ...rest, messageId, message_id: messageId, publishTime, publish_time: publishTime },
        subscription,
      },
    };
  }
}

export interface ReceivedMessage {
  ackId: string;
  message: Message;
}

/** What a pull subscriber receives, message by message. */
export function* gkePull(
  events: Iterable<NativeEvent>,
  options: GkeOptions = {},
): Generator<Delivery<ReceivedMessage>> {
  const random = new Random(options.seed ?? 1).fork("gke-pull");
  for (const { payload, ...truth } of gkeEntries(events, options)) {
    yield { ...truth, payload: { ackId: `Ul0RTgQhIT4${random.word(40)}`, message: message(payload, random) } };
  }
}

/** `gcloud logging read --format=json`: one array a call. */
export function* gcloudArrays(
  events: Iterable<NativeEvent>,
  options: GkeOptions = {},
  limit = 1000,
): Generator<Delivery<JsonObject[]>> {
  const tally = new Tally();
  let page: JsonObject[] = [];
  for (const entry of gkeEntries(events, options)) {
    page.push(entry.payload);
    if (entry.events === 0) tally.skip("other-service");
    else tally.event();
    if (page.length === limit) {
      yield tally.take(page);
      page = [];
    }
  }
  yield tally.take(page);
}
