/** How audit events of EKS leave AWS: CloudWatch Logs in its five outward forms. */
import { gzipSync } from "node:zlib";
import type { NativeEvent, TruncatedBy } from "../../../shared/event.ts";
import { Random } from "../random.ts";
import { prefixOfBytes, wireText } from "../wire.ts";
import { type Delivery, redelivered, Tally } from "./delivery.ts";
import { authenticatorLine, klogLine } from "./klog.ts";

export interface EksOptions {
  seed?: number | string;
  account?: string;
  cluster?: string;
  /** Events to a batch, at least and at most. */
  batch?: readonly [low: number, high: number];
  /** Longest message in bytes: what is longer is cut there and ends in the marker. */
  cutBytes?: number;
  /** Whether control messages and lines of other log streams are mixed in. */
  noise?: boolean;
  /** Every so many payloads one comes twice; 0 for never. */
  duplicateEvery?: number;
  gzipLevel?: number;
}

export interface CloudWatchDocument {
  messageType: "DATA_MESSAGE" | "CONTROL_MESSAGE";
  owner: string;
  logGroup: string;
  logStream: string;
  subscriptionFilters: string[];
  logEvents: { id: string; timestamp: number; message: string }[];
}

interface Line {
  readonly stream: string;
  readonly audit: boolean;
  readonly id: string;
  readonly micros: number;
  readonly message: string;
  readonly cut: TruncatedBy | undefined;
}

const MARKER = "[Truncated...]";
const DEFAULT_CUT = 262_144 - 26; // the old CloudWatch event limit less its overhead per event
const DEFAULT_BATCH = [10, 200] as const;
/** Raw bytes of a batch: compressed ten to twenty times it stays below the 1 MB of an asynchronous invocation. */
const BATCH_BYTES = 6_000_000;
const NOISE_SHARE = 0.025;

/** Every log line of the cluster's log group in time order. Each request stays in the stream of its API server. */
function* lines(events: Iterable<NativeEvent>, options: EksOptions): Generator<Line> {
  const random = new Random(options.seed ?? 1).fork("eks");
  const audit = [`kube-apiserver-audit-${random.hex(32)}`, `kube-apiserver-audit-${random.hex(32)}`] as const;
  const other = [
    `kube-apiserver-${random.hex(32)}`,
    `kube-controller-manager-${random.hex(32)}`,
    `authenticator-${random.hex(32)}`,
  ] as const;
  const prefix = `37${random.digits(26)}`;
  const cutBytes = options.cutBytes ?? DEFAULT_CUT;
  let count = 0;
  for (const event of events) {
    const micros = Math.round(Date.parse(String(event["stageTimestamp"])) * 1000);
    // 56 digits, growing with time.
    const id = () => `${prefix}${String(micros).padStart(17, "0")}${String(count++).padStart(11, "0")}`;
    if ((options.noise ?? true) && random.chance(NOISE_SHARE)) {
      const stream = random.pick(other);
      const message = stream.startsWith("authenticator-")
        ? authenticatorLine(random, micros)
        : klogLine(random, micros);
      yield { stream, audit: false, id: id(), micros, message, cut: undefined };
    }
    const whole = wireText(event);
    const kept = prefixOfBytes(whole, cutBytes);
    const cut = kept.length < whole.length;
    const stream = String(event["auditID"]).charCodeAt(0) % 2 === 0 ? audit[0] : audit[1];
    yield {
      stream,
      audit: true,
      id: id(),
      micros,
      message: cut ? `${kept}${MARKER}` : whole,
      cut: cut ? "eks" : undefined,
    };
  }
}

/** Decoded subscription documents: one log stream each. */
export function* eksDocuments(
  events: Iterable<NativeEvent>,
  options: EksOptions = {},
): Generator<Delivery<CloudWatchDocument>> {
  const random = new Random(options.seed ?? 1).fork("eks-batches");
  const owner = options.account ?? "111122223333";
  const logGroup = `/aws/eks/${options.cluster ?? "prod"}/cluster`;
  const [low, high] = options.batch ?? DEFAULT_BATCH;
  interface Batch {
    readonly tally: Tally;
    logEvents: CloudWatchDocument["logEvents"];
    bytes: number;
    target: number;
  }
  const open = new Map<string, Batch>();
  const flush = (stream: string, batch: Batch): Delivery<CloudWatchDocument> => {
    const { logEvents } = batch;
    batch.logEvents = [];
    batch.bytes = 0;
    batch.target = random.between(low, high);
    return batch.tally.take({
      messageType: "DATA_MESSAGE",
      owner,
      logGroup,
      logStream: stream,
      subscriptionFilters: ["clustertrail"],
      logEvents,
    });
  };
  let first = options.noise ?? true;
  for (const line of lines(events, options)) {
    if (first) yield controlMessage(line.micros);
    first = false;
    let batch = open.get(line.stream);
    if (batch === undefined) {
      batch = { tally: new Tally(), logEvents: [], bytes: 0, target: random.between(low, high) };
      open.set(line.stream, batch);
    }
    batch.logEvents.push({ id: line.id, timestamp: Math.floor(line.micros / 1000), message: line.message });
    batch.bytes += line.message.length;
    if (line.audit) batch.tally.event(line.cut);
    else batch.tally.skip("other-log-stream");
    if (batch.logEvents.length >= batch.target || batch.bytes >= BATCH_BYTES) yield flush(line.stream, batch);
  }
  for (const [stream, batch] of open) if (batch.logEvents.length > 0) yield flush(stream, batch);
}

/** What CloudWatch Logs sends to see whether the destination is there. */
function controlMessage(micros: number): Delivery<CloudWatchDocument> {
  const tally = new Tally();
  tally.skip("control-message");
  return tally.take({
    messageType: "CONTROL_MESSAGE",
    owner: "CloudwatchLogs",
    logGroup: "",
    logStream: "",
    subscriptionFilters: [],
    logEvents: [
      {
        id: "",
        timestamp: Math.floor(micros / 1000),
        message: "CWL CONTROL MESSAGE: Checking health of destination Lambda.",
      },
    ],
  });
}

export interface SubscriptionPayload {
  awslogs: { data: string };
}

/** What Lambda receives: base64 of gzip of a document, some of them twice. */
export function* eksSubscription(
  events: Iterable<NativeEvent>,
  options: EksOptions = {},
): Generator<Delivery<SubscriptionPayload>> {
  yield* redelivered(compressed(events, options), options.duplicateEvery ?? 25);
}

function* compressed(events: Iterable<NativeEvent>, options: EksOptions): Generator<Delivery<SubscriptionPayload>> {
  const level = options.gzipLevel ?? 6;
  for (const { payload, ...truth } of eksDocuments(events, options)) {
    yield { ...truth, payload: { awslogs: { data: gzipSync(JSON.stringify(payload), { level }).toString("base64") } } };
  }
}

export interface FilterLogEventsPage {
  events: { logStreamName: string; timestamp: number; message: string; ingestionTime: number; eventId: string }[];
  searchedLogStreams: [];
  nextToken?: string;
}

/** Pages of `aws logs filter-log-events`, all streams mixed. */
export function* eksFilterLogEvents(
  events: Iterable<NativeEvent>,
  options: EksOptions = {},
  pageSize = 1000,
): Generator<Delivery<FilterLogEventsPage>> {
  const tally = new Tally();
  let page: FilterLogEventsPage["events"] = [];
  for (const line of lines(events, options)) {
    if (page.length === pageSize) {
      yield tally.take({
        events: page,
        searchedLogStreams: [],
        nextToken: `Bxkq6kVGFtq2y_Moigeqscp0${line.id.slice(-8)}`,
      });
      page = [];
    }
    const timestamp = Math.floor(line.micros / 1000);
    page.push({
      logStreamName: line.stream,
      timestamp,
      message: line.message,
      ingestionTime: timestamp + 4_321,
      eventId: line.id,
    });
    if (line.audit) tally.event(line.cut);
    else tally.skip("other-log-stream");
  }
  yield tally.take({ events: page, searchedLogStreams: [] });
}

/** Lines of an export task's S3 objects: time stamp, space, message. The stream is only in the object's name. */
export function* eksExportLines(events: Iterable<NativeEvent>, options: EksOptions = {}): Generator<Delivery<string>> {
  const tally = new Tally();
  for (const line of lines(events, options)) {
    if (line.audit) tally.event(line.cut);
    else tally.skip("klog");
    yield tally.take(`${new Date(line.micros / 1000).toISOString()} ${line.message}`);
  }
}

export interface InsightsResults {
  results: { field: string; value: string }[][];
  statistics: { recordsMatched: number; recordsScanned: number; bytesScanned: number };
  status: "Complete";
}

/** `aws logs get-query-results` of a query that selects the audit streams. */
export function* eksInsights(
  events: Iterable<NativeEvent>,
  options: EksOptions = {},
  limit = 1000,
): Generator<Delivery<InsightsResults>> {
  const tally = new Tally();
  let results: InsightsResults["results"] = [];
  const page = (): Delivery<InsightsResults> => {
    const bytesScanned = results.reduce((sum, row) => sum + (row[1]?.value.length ?? 0), 0);
    const statistics = { recordsMatched: results.length, recordsScanned: results.length, bytesScanned };
    return tally.take({ results, statistics, status: "Complete" });
  };
  for (const line of lines(events, { ...options, noise: false })) {
    if (results.length === limit) {
      yield page();
      results = [];
    }
    const time = new Date(line.micros / 1000).toISOString();
    results.push([
      { field: "@timestamp", value: time.slice(0, 23).replace("T", " ") },
      { field: "@message", value: line.message },
      { field: "@ptr", value: `CmEKJgoi${line.id.slice(-40)}` },
    ]);
    tally.event(line.cut);
  }
  yield page();
}
