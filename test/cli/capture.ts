import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll } from "vitest";
import { main } from "../../cli/main.ts";
import type { AuditEvent } from "../../shared/event.ts";
import type { Report } from "../../shared/report.ts";

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process and keeps what it printed. */
export async function run(...argv: string[]): Promise<Captured> {
  let stdout = "";
  let stderr = "";
  const io = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    isTTY: false,
  };
  const code = await main(argv, io);
  return { code, stdout, stderr };
}

/** `clustertrail ingest --format json`, its report parsed. */
export async function runIngest(lake: string, ...argv: string[]): Promise<Captured & { report: Report }> {
  const captured = await run("ingest", "--lake", lake, "--format", "json", ...argv);
  return { ...captured, report: JSON.parse(captured.stdout) as Report };
}

/** A folder that is gone when the test file ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "clustertrail-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file below `folder` with its path relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return all
    .filter((path) => statSync(path).isFile())
    .map((path) => relative(folder, path))
    .sort();
}

/** All events of a local lake, in object and line order. */
export function eventsOf(lake: string): AuditEvent[] {
  return filesBelow(lake)
    .filter((path) => path.startsWith("events/"))
    .flatMap((path) =>
      gunzipSync(readFileSync(join(lake, path)))
        .toString("utf8")
        .trimEnd()
        .split("\n"),
    )
    .map((line) => JSON.parse(line) as AuditEvent);
}

/** The records of all quarantine objects of a local lake. */
export function quarantineOf(lake: string): { reason: string; raw: string; record: number }[] {
  return filesBelow(lake)
    .filter((path) => path.startsWith("quarantine/"))
    .flatMap(
      (path) => (JSON.parse(gunzipSync(readFileSync(join(lake, path))).toString("utf8")) as { records: [] }).records,
    );
}

/** The law of every report. */
export function accounted(report: Report): boolean {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  return (
    report.received ===
    report.stored + report.alreadyStored + sum(report.dropped) + sum(report.skipped) + sum(report.quarantined)
  );
}
