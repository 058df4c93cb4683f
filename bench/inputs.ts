import { gzipSync } from "node:zlib";
import type { NativeEvent } from "../shared/event.ts";
import { eventHubMessages } from "../test/simulator/envelopes/aks.ts";
import { eksSubscription } from "../test/simulator/envelopes/eks.ts";
import { gkePush } from "../test/simulator/envelopes/gke.ts";
import { simulate } from "../test/simulator/traffic.ts";
import { wireText } from "../test/simulator/wire.ts";

/** One source's input: what arrives, and how much raw audit JSON that is. */
export interface BenchInput {
  /** Bytes of the events as the API server wrote them (GKE: of the LogEntry), without envelope: the unit of MB/s. */
  readonly rawBytes: number;
  readonly events: number;
  /** Parsed values, as a host's runtime hands them over, or one gzip file. */
  readonly payloads: readonly unknown[] | undefined;
  readonly file: Buffer | undefined;
}

/** Traffic of one seed until its events add up to `bytes`. */
function* trafficOf(
  provider: "eks" | "gke" | "aks" | "kubernetes",
  bytes: number,
  seen: { raw: number; events: number },
): Generator<NativeEvent> {
  for (const event of simulate({ seed: 20261122, provider, count: 10_000_000 })) {
    seen.raw += wireText(event).length;
    seen.events++;
    yield event;
    if (seen.raw >= bytes) return;
  }
}

export function makeInput(provider: "eks" | "gke" | "aks" | "kubernetes", bytes: number): BenchInput {
  const seen = { raw: 0, events: 0 };
  const traffic = trafficOf(provider, bytes, seen);
  if (provider === "kubernetes") {
    const lines: string[] = [];
    for (const event of traffic) lines.push(wireText(event));
    const file = gzipSync(`${lines.join("\n")}\n`, { level: 6 });
    return { rawBytes: seen.raw, events: seen.events, payloads: undefined, file };
  }
  // Clean deliveries: noise, cuts and duplicates are for the tests; here only work counts.
  const options = { seed: 20261122, noise: false, duplicateEvery: 0, cutBytes: Number.MAX_SAFE_INTEGER };
  const deliveries =
    provider === "eks"
      ? eksSubscription(traffic, options)
      : provider === "gke"
        ? gkePush(traffic, options)
        : eventHubMessages(traffic, options);
  const payloads: unknown[] = [];
  let events = 0;
  let entryBytes = 0;
  for (const delivery of deliveries) {
    payloads.push(delivery.payload);
    events += delivery.events;
    if ("message" in delivery.payload) entryBytes += (delivery.payload.message.data.length * 3) / 4;
  }
  // GKE carries a conversion, not the event: there the LogEntry is the raw JSON.
  return { rawBytes: provider === "gke" ? entryBytes : seen.raw, events, payloads, file: undefined };
}
