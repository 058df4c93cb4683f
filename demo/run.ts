/**
 * npm run demo [-- --lake FOLDER]
 *
 * A simulated day of four clusters, each in its provider's real envelope, goes through the handlers that run in the
 * clouds into a local lake; then three questions are asked of it. Run it again: nothing is stored twice.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../cli/main.ts";
import { count, duration } from "../cli/output/report.ts";
import { openLake } from "../shared/lake/open.ts";
import { createRedactor } from "../shared/redact/create.ts";
import { sumCounts } from "../shared/report.ts";
import { writeDay } from "../test/simulator/day.ts";
import type { ClusterSummary } from "./replay.ts";
import { replay } from "./replay.ts";

const flag = process.argv.indexOf("--lake");
const lakeUrl = flag < 0 ? "./lake" : process.argv[flag + 1]!;
const io = { stdout: process.stdout, stderr: process.stderr, isTTY: false };

const say = (text: string) => process.stdout.write(`${text}\n`);

function clusterTable(summaries: readonly ClusterSummary[]): void {
  const header = [
    "cluster",
    "provider",
    "received",
    "stored",
    "already",
    "skipped",
    "cut",
    "quarantined",
    "redactions",
    "lag p50",
    "lag p99",
  ];
  const rows = summaries.map(({ name, provider, report }) => [
    name,
    provider,
    count(report.received),
    count(report.stored),
    count(report.alreadyStored),
    count(sumCounts(report.skipped)),
    count(report.truncated),
    count(sumCounts(report.quarantined)),
    count(report.redactions),
    report.lagMs.p99 === 0 ? "-" : duration(report.lagMs.p50),
    report.lagMs.p99 === 0 ? "-" : duration(report.lagMs.p99),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  ");
  for (const row of [header, widths.map((width) => "-".repeat(width)), ...rows]) say(line(row));
}

async function ask(question: string, argv: readonly string[]): Promise<void> {
  say(`\n${question}\n$ npx clustertrail query --lake ${lakeUrl} ${argv.join(" ")}`);
  const code = await main(["query", "--lake", lakeUrl, ...argv], io);
  if (code !== 0) process.exitCode = code;
}

const folder = await mkdtemp(join(tmpdir(), "clustertrail-demo-"));
try {
  const started = performance.now();
  const day = await writeDay(folder);
  say("A simulated day of four clusters: CloudWatch payloads (EKS), Pub/Sub pushes (GKE), Event Hubs messages and");
  say(
    `storage files (AKS), audit log and webhook (self-managed). It goes through the real handlers into ${lakeUrl}.\n`,
  );
  const lake = await openLake(lakeUrl);
  const summaries = await replay(folder, day, { lake, redactor: createRedactor(), source: {} });
  clusterTable(summaries);
  say(
    "lag: delivery time minus event time, where the records tell both (CloudWatch and Azure stamp the event's own time)",
  );
  const stored = summaries.reduce((sum, { report }) => sum + report.stored, 0);
  const already = summaries.reduce((sum, { report }) => sum + report.alreadyStored, 0);
  const events = stored + already;
  say(
    stored === 0
      ? `\nAll ${count(events)} events were in the lake already: nothing was stored twice. (rm -r ${lakeUrl} to start anew)`
      : `\n${count(stored)} events stored; ${count(already)} were deliveries of events that the lake had (every transport delivers at least once).`,
  );
  const date = day.start.slice(0, 10);
  await ask("Who read Secrets, and where?", ["secret-access", "--from", date, "--param", "limit=8"]);
  await ask("Who was refused?", ["failed-authorisation", "--from", date, "--param", "limit=8"]);
  await ask("Who ran commands in pods?", ["exec", "--from", date, "--param", "limit=8"]);
  say(`\nTook ${((performance.now() - started) / 1000).toFixed(1)} s. More questions: npx clustertrail query --help`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
