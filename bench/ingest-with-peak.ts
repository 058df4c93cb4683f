/** `clustertrail ingest -` from stdin into the lake of the first argument; prints its report and its peak memory. */
import { main } from "../cli/main.ts";

const lake = process.argv[2]!;
let out = "";
const io = { stdout: { write: (text: string) => (out += text) }, stderr: process.stderr, isTTY: false };
const code = await main(
  ["ingest", "--lake", lake, "--source", "kubernetes", "--cluster", "bench", "--format", "json", "-"],
  io,
);
const report = JSON.parse(out) as { bytesIn: number; stored: number };
process.exitCode = code;
console.log(JSON.stringify({ peakRssKB: process.resourceUsage().maxRSS, bytesIn: report.bytesIn, report }));
