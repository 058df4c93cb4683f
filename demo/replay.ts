import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createEventHubHandler } from "../functions/aks/handler.ts";
import { createSubscriptionHandler } from "../functions/eks/handler.ts";
import { createPushHandler } from "../functions/gke/handler.ts";
import type { HostContext } from "../functions/host.ts";
import { deliver } from "../functions/host.ts";
import { receive } from "../functions/http/receive.ts";
import { Recogniser } from "../functions/recogniser.ts";
import type { Report } from "../shared/report.ts";
import { Tally } from "../shared/tally.ts";
import type { Day, DayCluster, DayFile } from "../test/simulator/day.ts";

export interface ClusterSummary {
  readonly name: string;
  readonly provider: string;
  readonly report: Report;
}

/** Pushes that a Cloud Run instance lands together, messages that an Event Hubs trigger hands over together. */
const PUSHES_TOGETHER = 250;
const MESSAGES_TOGETHER = 100;

/** Feeds every file of the day to the handler that its transport has in the cloud, in order. */
export async function replay(folder: string, day: Day, context: HostContext): Promise<ClusterSummary[]> {
  const summaries: ClusterSummary[] = [];
  for (const cluster of day.clusters) {
    const started = performance.now();
    const total = new Tally();
    for (const file of cluster.files) await replayFile(folder, file, { ...hostOf(cluster, context), total });
    const report = total.report((performance.now() - started) / 1000);
    summaries.push({ name: cluster.name, provider: cluster.provider, report });
  }
  return summaries;
}

/** What a host knows by its configuration and the records may not say. */
function hostOf({ name, region }: DayCluster, context: HostContext): HostContext {
  return { ...context, source: { cluster: name, ...(region === "" ? {} : { region }) } };
}

async function replayFile(folder: string, { path, source }: DayFile, host: HostContext): Promise<void> {
  const file = join(folder, path);
  switch (source) {
    case "cloudwatch-logs": {
      const handle = createSubscriptionHandler(host);
      for (const [i, line] of (await lines(file)).entries())
        await handle(JSON.parse(line), { awsRequestId: `demo-${i}` });
      break;
    }
    case "pubsub": {
      const handle = createPushHandler(host);
      for (const group of groups(await lines(file), PUSHES_TOGETHER))
        await handle(group.map((line) => JSON.parse(line)));
      break;
    }
    case "event-hubs": {
      const handle = createEventHubHandler(host);
      const messages = (await lines(file)).map((line, i) => ({
        body: JSON.parse(line),
        partition: "0",
        sequenceNumber: i,
      }));
      for (const group of groups(messages, MESSAGES_TOGETHER)) await handle(group);
      break;
    }
    case "audit-webhook":
      for (const line of await lines(file)) {
        const { status } = await receive("POST /", Buffer.from(line), undefined, host);
        if (status !== 200) throw new Error(`the webhook answered ${status}`);
      }
      break;
    default:
      // Files: what `clustertrail ingest` does.
      await deliver(
        [{ name: path, id: path, body: { chunks: createReadStream(file) } }],
        new Recogniser("auto").adapterFor,
        host,
      );
  }
}

async function lines(file: string): Promise<string[]> {
  const bytes = await readFile(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

function groups<T>(items: readonly T[], size: number): T[][] {
  const result: T[][] = [];
  for (let at = 0; at < items.length; at += size) result.push(items.slice(at, at + size));
  return result;
}
