import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Memory {
  readonly streamBytes: number;
  /** Peak resident set of the ingesting process, megabytes of 10^6 bytes. */
  readonly peakRssMB: number;
  readonly stored: number;
}

/** Streams simulated audit.log lines of `bytes` into `clustertrail ingest -` in a process of its own. */
export async function measureMemory(bytes: number): Promise<Memory> {
  const folder = await mkdtemp(join(tmpdir(), "clustertrail-bench-"));
  try {
    const source = spawn(process.execPath, ["bench/stream.ts", String(bytes)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const target = spawn(process.execPath, ["bench/ingest-with-peak.ts", join(folder, "lake")], {
      stdio: [source.stdout, "pipe", "inherit"],
    });
    source.stdout.destroy();
    let out = "";
    for await (const chunk of target.stdout) out += chunk;
    const { peakRssKB, report, bytesIn } = JSON.parse(out) as {
      peakRssKB: number;
      report: { stored: number };
      bytesIn: number;
    };
    return { streamBytes: bytesIn, peakRssMB: (peakRssKB * 1024) / 1e6, stored: report.stored };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
