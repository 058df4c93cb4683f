/** A recorded-looking day of four clusters, as files in the formats that people have. */
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ClusterProvider, IngestSource, NativeEvent } from "../../shared/event.ts";
import { eventHubMessages, storageLines } from "./envelopes/aks.ts";
import { type Delivery, type Truth, totalOf } from "./envelopes/delivery.ts";
import { eksSubscription } from "./envelopes/eks.ts";
import { gkePush } from "./envelopes/gke.ts";
import { auditLog, eventLists } from "./envelopes/kubernetes.ts";
import { DEFAULT_START, type Intrusion, intrusionOf, type SimulationOptions, simulate } from "./traffic.ts";
import { plantedValues } from "./vault.ts";

export interface DayOptions {
  seed?: number | string;
  /** Midnight, RFC 3339. */
  start?: string;
  /** 1 is about 24,000 events in all, written in two to three seconds. */
  scale?: number;
}

export interface DayFile {
  /** Relative to the folder that was written, with `/`. */
  readonly path: string;
  readonly source: IngestSource;
  /** Payloads in the file: one a line. */
  readonly deliveries: number;
  readonly truth: Truth;
}

export interface DayCluster {
  readonly provider: ClusterProvider;
  readonly name: string;
  /** As the lake names it. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly files: readonly DayFile[];
  readonly truth: Truth;
  /** Events among `truth.events` that an at-least-once source delivered a second time. */
  readonly duplicates: number;
  readonly intrusion: Intrusion | undefined;
}

export interface Day {
  readonly start: string;
  readonly clusters: readonly DayCluster[];
  /** Every secret that may be in the files. */
  readonly planted: readonly string[];
}

type Lines = Generator<Delivery<string>>;
interface Plan {
  readonly provider: ClusterProvider;
  readonly name: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly ratePerHour: number;
  readonly level: SimulationOptions["level"];
  readonly intruder: boolean;
  /** Files in time order: each takes the events before its share of the day is over. */
  readonly files: readonly (readonly [
    path: string,
    source: IngestSource,
    until: number,
    lines: (events: Iterable<NativeEvent>, seed: number | string) => Lines,
  ])[];
}

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000000";

const PLANS: readonly Plan[] = [
  {
    provider: "eks",
    name: "prod",
    id: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
    account: "111122223333",
    region: "eu-west-1",
    ratePerHour: 400,
    level: "managed",
    intruder: true,
    files: [
      [
        "eks/subscription.ndjson",
        "cloudwatch-logs",
        1,
        (events, seed) => asLines(eksSubscription(events, { seed, account: "111122223333", cluster: "prod" })),
      ],
    ],
  },
  {
    provider: "gke",
    name: "shop",
    id: "//container.googleapis.com/projects/example-project/locations/europe-west1/clusters/shop",
    account: "example-project",
    region: "europe-west1",
    ratePerHour: 200,
    level: "managed",
    intruder: true,
    files: [["gke/push.ndjson", "pubsub", 1, (events, seed) => asLines(gkePush(events, { seed, cluster: "shop" }))]],
  },
  {
    provider: "aks",
    name: "payments",
    id: `/subscriptions/${SUBSCRIPTION}/resourcegroups/platform-rg/providers/microsoft.containerservice/managedclusters/payments`,
    account: SUBSCRIPTION,
    region: "westeurope",
    ratePerHour: 260,
    level: "managed",
    intruder: true,
    files: [
      [
        "aks/event-hub.ndjson.gz",
        "event-hubs",
        0.9,
        (events, seed) => asLines(eventHubMessages(events, { seed, cluster: "payments", age: "2022" })),
      ],
      ["aks/PT1H.json", "azure-storage", 1, (events, seed) => storageLines(events, { seed, cluster: "payments" })],
    ],
  },
  {
    provider: "kubernetes",
    name: "edge-1",
    id: "edge-1",
    account: "",
    region: "",
    ratePerHour: 150,
    level: "request-response",
    intruder: false,
    files: [
      ["kubernetes/audit.log.gz", "audit-log", 0.8, (events) => auditLog(events, { truncateBytes: 102_400 })],
      [
        "kubernetes/webhook.ndjson",
        "audit-webhook",
        1,
        (events) => asLines(eventLists(events, { truncateBytes: 102_400, batchSize: 100 })),
      ],
    ],
  },
];

/**
 * Writes the day's files under `directory` (made if missing; existing files are replaced) and says what is in them.
 * @throws what the file system throws.
 */
export async function writeDay(directory: string, options: DayOptions = {}): Promise<Day> {
  const seed = options.seed ?? 1;
  const start = options.start ?? DEFAULT_START;
  const clusters: DayCluster[] = [];
  for (const plan of PLANS) clusters.push(await writeCluster(directory, plan, seed, start, options.scale ?? 1));
  return { start, clusters, planted: plantedValues(seed) };
}

async function writeCluster(
  directory: string,
  plan: Plan,
  seed: number | string,
  start: string,
  scale: number,
): Promise<DayCluster> {
  const { provider, name, id, account, region } = plan;
  const simulation: SimulationOptions = {
    seed,
    start,
    hours: 24,
    ratePerHour: plan.ratePerHour * scale,
    provider,
    cluster: { name, account, region },
    ...(plan.level === undefined ? {} : { level: plan.level }),
    intruder: plan.intruder,
  };
  const events = new Shares(simulate(simulation), Date.parse(start));
  const files: DayFile[] = [];
  let duplicates = 0;
  for (const [path, source, until, lines] of plan.files) {
    const truths: Truth[] = [];
    const text = function* (): Generator<string> {
      for (const { payload, duplicate, ...truth } of lines(events.until(until), seed)) {
        truths.push(truth);
        if (duplicate) duplicates += truth.events;
        yield payload;
      }
    };
    await write(join(directory, path), text());
    files.push({ path, source, deliveries: truths.length, truth: totalOf(truths) });
  }
  return {
    provider,
    name,
    id,
    account,
    region,
    files,
    truth: totalOf(files.map((file) => file.truth)),
    duplicates,
    intrusion: intrusionOf(simulation),
  };
}

/** Deals one stream of events out to several files by the time of day. */
class Shares {
  readonly #events: Iterator<NativeEvent>;
  readonly #start: number;
  #held: NativeEvent | undefined;

  constructor(events: Iterator<NativeEvent>, start: number) {
    this.#events = events;
    this.#start = start;
  }

  *until(share: number): Generator<NativeEvent> {
    const end = share >= 1 ? Number.POSITIVE_INFINITY : this.#start + share * 86_400_000;
    for (;;) {
      const event = this.#held ?? this.#next();
      this.#held = undefined;
      if (event === undefined) return;
      if (Date.parse(String(event["stageTimestamp"])) >= end) {
        this.#held = event;
        return;
      }
      yield event;
    }
  }

  #next(): NativeEvent | undefined {
    const result = this.#events.next();
    return result.done === true ? undefined : result.value;
  }
}

function* asLines<Payload>(deliveries: Iterable<Delivery<Payload>>): Lines {
  for (const { payload, ...rest } of deliveries) yield { ...rest, payload: `${JSON.stringify(payload)}\n` };
}

async function write(path: string, lines: Iterable<string>): Promise<void> {
  mkdirSync(join(path, ".."), { recursive: true });
  const file = createWriteStream(path);
  const text = Readable.from(chunks(lines));
  await (path.endsWith(".gz") ? pipeline(text, createGzip(), file) : pipeline(text, file));
}

/** Joins lines into pieces that are worth a write. */
export function* chunks(lines: Iterable<string>, characters = 65_536): Generator<string> {
  let pending: string[] = [];
  let length = 0;
  for (const line of lines) {
    pending.push(line);
    length += line.length;
    if (length < characters) continue;
    yield pending.join("");
    pending = [];
    length = 0;
  }
  if (pending.length > 0) yield pending.join("");
}
