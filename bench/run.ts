/**
 * npm run bench [-- --json] [-- --smoke]
 *
 * Throughput of the pipeline per source against the floor (gunzip + JSON.parse + JSON.stringify + gzip level 6) on the
 * same bytes in the same process, the cost of redaction, the time of each stage, and peak memory on a 1 GB stream. All
 * on one thread; ratios within one run are what counts, megabytes per second depend on the machine.
 */
import { cpus } from "node:os";
import { gzipSync } from "node:zlib";
import { floorOfDocuments, floorOfEvents, floorOfLines } from "./floor.ts";
import type { BenchInput } from "./inputs.ts";
import { makeInput } from "./inputs.ts";
import { measureMemory } from "./memory.ts";
import { runPipeline } from "./pipeline.ts";
import { timeStages } from "./stages.ts";

const args = new Set(process.argv.slice(2));
const smoke = args.has("--smoke");
const BYTES = smoke ? 4e6 : 64e6;
const ROUNDS = smoke ? 1 : 5;
const STREAM_BYTES = smoke ? 50e6 : 1e9;

interface Contender {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}

/** Runs all contenders in turn, several rounds, and gives each one's median: drift of the machine hits all alike. */
async function compare(contenders: readonly Contender[], rawBytes: number): Promise<Record<string, number>> {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const { name, run } of contenders) {
      const started = performance.now();
      await run();
      // Round -1 warms up the compiler.
      if (round >= 0) times.get(name)!.push(performance.now() - started);
    }
  }
  const result: Record<string, number> = {};
  for (const [name, all] of times)
    result[name] = rawBytes / 1e3 / all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  return result;
}

function contendersFor(provider: "eks" | "gke" | "aks" | "kubernetes", input: BenchInput): Contender[] {
  const pipeline: Contender[] = [
    { name: "pipeline", run: () => runPipeline(provider, input, { redaction: true }) },
    { name: "withoutRedaction", run: () => runPipeline(provider, input, { redaction: false }) },
  ];
  if (provider === "eks") {
    const gzipped = input.payloads!.map((p) =>
      Buffer.from((p as { awslogs: { data: string } }).awslogs.data, "base64"),
    );
    return [
      ...pipeline,
      { name: "floor", run: () => floorOfDocuments(gzipped) },
      { name: "floorOfEvents", run: () => floorOfEvents(gzipped) },
    ];
  }
  const bytes =
    input.file ?? gzipSync(input.payloads!.map((payload) => JSON.stringify(payload)).join("\n"), { level: 6 });
  return [...pipeline, { name: "floor", run: () => floorOfLines(bytes) }];
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

const sources: Record<string, Record<string, number>> = {};
let stages: Record<string, number> = {};
for (const provider of ["eks", "gke", "aks", "kubernetes"] as const) {
  const input = makeInput(provider, BYTES);
  const speed = await compare(contendersFor(provider, input), input.rawBytes);
  sources[provider] = {
    events: input.events,
    rawMB: round(input.rawBytes / 1e6),
    floorMBps: round(speed["floor"]!),
    ...(speed["floorOfEvents"] === undefined ? {} : { floorOfEventsMBps: round(speed["floorOfEvents"]) }),
    pipelineMBps: round(speed["pipeline"]!),
    ofFloor: round(speed["pipeline"]! / speed["floor"]!, 2),
    ...(speed["floorOfEvents"] === undefined
      ? {}
      : { ofFloorOfEvents: round(speed["pipeline"]! / speed["floorOfEvents"], 2) }),
    withoutRedactionMBps: round(speed["withoutRedaction"]!),
    redactionCost: round(1 - speed["pipeline"]! / speed["withoutRedaction"]!, 3),
  };
  if (provider === "eks") {
    await timeStages(input);
    const timed = await timeStages(input);
    stages = Object.fromEntries(timed.map(({ name, ms }) => [name, round(input.rawBytes / 1e3 / ms)]));
  }
}
const memory = await measureMemory(STREAM_BYTES);
const result = {
  machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.versions.node },
  smoke,
  sources,
  eksStagesMBps: stages,
  memory,
};

if (args.has("--json")) console.log(JSON.stringify(result));
else {
  console.log(
    `${result.machine.cpu}, Node ${result.machine.node}${smoke ? ", smoke mode: too little input for figures" : ""}`,
  );
  console.log("\nMB/s of raw audit JSON, one thread, median of rounds");
  console.table(sources);
  console.log("EKS, stage by stage, MB/s of raw audit JSON");
  console.table(stages);
  console.log(
    `Memory: ${round(memory.streamBytes / 1e6)} MB streamed into clustertrail ingest, peak resident ${round(memory.peakRssMB)} MB, ${memory.stored} events stored`,
  );
}
