import type { ClusterProvider, NativeEvent } from "../../shared/event.ts";
import { INTRUDER, intrude, intruderNames } from "./activities/intruder.ts";
import { ACTIVITIES, cumulative } from "./activities/table.ts";
import { HOUR, MINUTE, microsOf, microTime } from "./clock.ts";
import { type Cluster, type ClusterOptions, makeCluster } from "./cluster.ts";
import { type PolicyName, verdictOf } from "./policy.ts";
import { EventQueue } from "./queue.ts";
import { Random } from "./random.ts";
import { eventOf, type Request, stagesOf } from "./request.ts";
import type { Activity, Scene } from "./scene.ts";

export interface SimulationOptions {
  /** Equal seeds and options give equal events. */
  seed?: number | string;
  /** RFC 3339. */
  start?: string;
  /** Length of the simulated time; ignored when `count` is given. Default 1. */
  hours?: number;
  /** Exactly so many events. */
  count?: number;
  /** Mean number of events an hour, stages counted one by one. */
  ratePerHour?: number;
  provider?: ClusterProvider;
  cluster?: Omit<ClusterOptions, "provider">;
  level?: PolicyName;
  /** Whether the story of activities/intruder.ts is in it; by default if it is long enough to hold it. */
  intruder?: boolean;
}

export const DEFAULT_START = "2026-11-22T00:00:00Z";
/** Ten a second: a middling production cluster. */
export const DEFAULT_RATE = 36_000;
/** The story has about 50 events; in less traffic than this it would be all there is. */
const SHORTEST_WITH_INTRUDER = 400;
const STORY_BEGINS = 0.6;
const STORY_SHARE = 0.15;
const LONGEST_STORY = 12 * MINUTE;

interface Plan {
  readonly seed: number | string;
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly gap: number;
  readonly level: PolicyName;
  readonly story: { readonly at: number; readonly length: number } | undefined;
  readonly clusterOptions: ClusterOptions;
}

function plan(options: SimulationOptions): Plan {
  const seed = options.seed ?? 1;
  const start = microsOf(options.start ?? DEFAULT_START);
  const rate = options.ratePerHour ?? DEFAULT_RATE;
  const hours = options.count === undefined ? (options.hours ?? 1) : options.count / rate;
  const length = Math.floor(hours * HOUR);
  const intruder = options.intruder ?? hours * rate >= SHORTEST_WITH_INTRUDER;
  return {
    seed,
    start,
    end: options.count === undefined ? start + length : Number.POSITIVE_INFINITY,
    count: options.count ?? Number.POSITIVE_INFINITY,
    gap: HOUR / rate,
    level: options.level ?? "managed",
    story: intruder
      ? {
          at: start + Math.floor(length * STORY_BEGINS),
          length: Math.min(LONGEST_STORY, Math.floor(length * STORY_SHARE)),
        }
      : undefined,
    clusterOptions: { ...options.cluster, provider: options.provider ?? "kubernetes" },
  };
}

/**
 * Native `audit.k8s.io/v1` events of a live cluster, in the order in which the API server writes them (by
 * stageTimestamp), made one at a time. Events share pooled, frozen bodies: read them or serialise them, do not write.
 *
 * Sizes as JSON: `managed` mean 2.2 KB, 85 of 100 between 0.7 and 2.5 KB, one in a hundred above 16 KB; `metadata` mean
 * 1.1 KB; `request-response` mean 5 KB, median 2.4 KB, one in a hundred above 40 KB. With bodies, one in some thousands
 * is larger than 256 KB (traffic.test.ts holds the bounds).
 *
 * @throws RangeError when `start` is not a time.
 */
export function* simulate(options: SimulationOptions = {}): Generator<NativeEvent, void, undefined> {
  const { seed, start, end, count, gap, level, story, clusterOptions } = plan(options);
  const random = new Random(seed).fork("traffic");
  const queue = new EventQueue();
  const day = cumulative(true);
  const night = cumulative(false);
  let sent = 0;
  const scene: Scene = {
    random,
    cluster: makeCluster(seed, clusterOptions),
    send(request: Request): void {
      const verdict = verdictOf(level, request);
      if (verdict.level === "None") return;
      const auditID = random.uuid();
      for (const stage of stagesOf(request, verdict.received)) {
        queue.push(stage.at, eventOf(request, stage, verdict.level, auditID));
        sent++;
      }
    },
  };

  let now = start;
  let made = 0;
  let storyTold = story === undefined;
  while (made < count) {
    while (queue.next <= now && made < count) {
      made++;
      yield queue.pop() as NativeEvent;
    }
    if (made >= count || now >= end) return;
    if (!storyTold && story !== undefined && now >= story.at) {
      storyTold = true;
      intrude(scene, Math.floor(now), story.length);
    }
    const before = sent;
    activityAt(now, random, day, night)(scene, Math.floor(now));
    // As many gaps as events, so that the rate is one of events, not of activities.
    for (let i = before; i < sent; i++) now += random.exponential(gap);
    if (now > end) now = end;
  }
}

function activityAt(now: number, random: Random, day: Float64Array, night: Float64Array): Activity {
  const hour = Math.floor(now / HOUR) % 24;
  const totals = hour >= 7 && hour < 19 ? day : night;
  const place = random.float() * (totals[totals.length - 1] as number);
  let index = 0;
  while ((totals[index] as number) <= place) index++;
  return (ACTIVITIES[index] as (typeof ACTIVITIES)[number])[2];
}

/** What there is to find in the traffic of `options`; undefined when the intruder is not in it. */
export interface Intrusion {
  /** RFC 3339; the first event comes within a second or so of `from`, the last before `until`. */
  readonly from: string;
  readonly until: string;
  readonly ip: string;
  readonly users: readonly string[];
  readonly binding: string;
  readonly pod: { readonly namespace: string; readonly name: string };
}

export function intrusionOf(options: SimulationOptions): Intrusion | undefined {
  const { seed, story, clusterOptions } = plan(options);
  if (story === undefined) return undefined;
  const cluster: Cluster = makeCluster(seed, clusterOptions);
  return {
    from: microTime(story.at),
    until: microTime(story.at + story.length + MINUTE),
    ip: INTRUDER.ip,
    users: intruderNames({ cluster }),
    binding: INTRUDER.binding,
    pod: INTRUDER.pod,
  };
}
