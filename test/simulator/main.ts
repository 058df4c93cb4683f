/**
 * Writes simulated traffic to standard output, as much as asked for, without holding it:
 *
 *   node --import tsx test/simulator/main.ts --seed 7 --count 1000000 --envelope kubernetes | gzip > audit.log.gz
 */
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { ClusterProvider, NativeEvent } from "../../shared/event.ts";
import { chunks } from "./day.ts";
import { aksAuditRows, azureDiagnostics, eventHubMessages, kafkaEvents, storageLines } from "./envelopes/aks.ts";
import type { Delivery } from "./envelopes/delivery.ts";
import { eksDocuments, eksExportLines, eksFilterLogEvents, eksInsights, eksSubscription } from "./envelopes/eks.ts";
import { gcloudArrays, gkeEntries, gkePull, gkePush } from "./envelopes/gke.ts";
import { auditLog, eventLists } from "./envelopes/kubernetes.ts";
import type { PolicyName } from "./policy.ts";
import { type SimulationOptions, simulate } from "./traffic.ts";

type Writer = (events: Iterable<NativeEvent>, seed: string) => Iterable<Delivery<unknown>>;

/** Every envelope by name; one payload a line. */
export const ENVELOPES: Readonly<Record<string, readonly [provider: ClusterProvider, writer: Writer]>> = {
  kubernetes: ["kubernetes", (events) => auditLog(events)],
  webhook: ["kubernetes", (events) => eventLists(events)],
  eks: ["eks", (events, seed) => eksSubscription(events, { seed })],
  "eks-documents": ["eks", (events, seed) => eksDocuments(events, { seed })],
  "eks-filter": ["eks", (events, seed) => eksFilterLogEvents(events, { seed })],
  "eks-export": ["eks", (events, seed) => eksExportLines(events, { seed })],
  "eks-insights": ["eks", (events, seed) => eksInsights(events, { seed })],
  gke: ["gke", (events, seed) => gkePush(events, { seed })],
  "gke-entries": ["gke", (events, seed) => gkeEntries(events, { seed })],
  "gke-pull": ["gke", (events, seed) => gkePull(events, { seed })],
  "gke-arrays": ["gke", (events, seed) => gcloudArrays(events, { seed })],
  aks: ["aks", (events, seed) => eventHubMessages(events, { seed })],
  "aks-storage": ["aks", (events, seed) => storageLines(events, { seed })],
  "aks-kafka": ["aks", (events, seed) => kafkaEvents(events, { seed })],
  "aks-diagnostics": ["aks", (events, seed) => azureDiagnostics(events, { seed })],
  "aks-rows": ["aks", (events, seed) => aksAuditRows(events, { seed })],
};

const LEVELS: readonly PolicyName[] = ["managed", "metadata", "request-response"];

/** Lines of the envelope that `argv` asks for. @throws Error when an option is wrong; the message says which. */
export function linesFor(argv: readonly string[]): Generator<string> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: "string", default: "1" },
      count: { type: "string" },
      hours: { type: "string" },
      rate: { type: "string" },
      start: { type: "string" },
      level: { type: "string", default: "managed" },
      envelope: { type: "string", default: "kubernetes" },
    },
  });
  const envelope = ENVELOPES[values.envelope];
  if (envelope === undefined) throw new Error(`--envelope must be one of ${Object.keys(ENVELOPES).join(", ")}`);
  const level = LEVELS.find((name) => name === values.level);
  if (level === undefined) throw new Error(`--level must be one of ${LEVELS.join(", ")}`);
  const [provider, writer] = envelope;
  const options: SimulationOptions = { seed: values.seed, provider, level };
  if (values.start !== undefined) options.start = values.start;
  if (values.count !== undefined) options.count = positive("count", values.count);
  if (values.hours !== undefined) options.hours = positive("hours", values.hours);
  if (values.rate !== undefined) options.ratePerHour = positive("rate", values.rate);
  return lines(writer(simulate(options), values.seed));
}

function* lines(deliveries: Iterable<Delivery<unknown>>): Generator<string> {
  for (const { payload } of deliveries) {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    yield text.endsWith("\n") ? text : `${text}\n`;
  }
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above zero`);
  return value;
}

async function main(): Promise<void> {
  // The reader may have seen enough: then there is nobody to write to, and no harm done.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  for (const chunk of chunks(linesFor(process.argv.slice(2)))) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
}
