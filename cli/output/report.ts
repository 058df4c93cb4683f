import type { Report } from "../../shared/report.ts";
import type { Io } from "./io.ts";

export type Format = "table" | "json" | "ndjson" | "csv";

/**
 * Prints an ingest's report: `json` and `ndjson` the object of design section 4 on one line; `csv` name and value;
 * `table` for people.
 */
export function printReport(report: Report, lakeUrl: string, format: Format, io: Io): void {
  if (format === "json" || format === "ndjson") io.stdout.write(`${JSON.stringify(report)}\n`);
  else if (format === "csv")
    io.stdout.write(["name,value", ...flat(report).map((pair) => pair.join(","))].join("\r\n").concat("\r\n"));
  else io.stdout.write(readable(report, lakeUrl));
}

/** Numbers with their names; the names of counters (`quarantined.not-json`) hold no comma and no quote. */
function flat(report: Report): [string, number][] {
  return Object.entries(report).flatMap(([name, value]): [string, number][] =>
    typeof value === "number"
      ? [[name, value]]
      : Object.entries(value as Record<string, number>).map(([key, count]) => [`${name}.${key}`, count]),
  );
}

function readable(report: Report, lakeUrl: string): string {
  const rows: [string, string][] = [
    ["received", count(report.received)],
    [
      "stored",
      `${count(report.stored)} in ${count(report.objects)} objects, ${bytes(report.bytesOut)} under ${lakeUrl}`,
    ],
  ];
  if (report.alreadyStored > 0)
    rows.push(["already stored", `${count(report.alreadyStored)} (nothing is stored twice)`]);
  for (const name of ["dropped", "skipped", "quarantined"] as const) {
    const text = named(report[name]);
    if (text !== undefined) rows.push([name, text]);
  }
  if (report.truncated > 0) rows.push(["truncated", `${count(report.truncated)} stored with what was left of them`]);
  rows.push(["redactions", count(report.redactions)]);
  if (report.failedClosed > 0)
    rows.push(["failed closed", `${count(report.failedClosed)} events stored without their bodies`]);
  if (report.lagMs.max > 0) rows.push(["lag", `p50 ${duration(report.lagMs.p50)}, p99 ${duration(report.lagMs.p99)}`]);
  rows.push(["took", `${report.seconds.toFixed(2)} s for ${bytes(report.bytesIn)}`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join("");
}

function named(counts: Record<string, number>): string | undefined {
  const entries = Object.entries(counts);
  if (entries.length === 0) return undefined;
  return entries.map(([name, value]) => `${count(value)} ${name}`).join(", ");
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function bytes(value: number): string {
  if (value < 1e3) return `${value} bytes`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

export function duration(ms: number): string {
  if (ms < 1e3) return `${Math.round(ms)} ms`;
  if (ms < 120e3) return `${(ms / 1e3).toFixed(1)} s`;
  return ms < 7200e3 ? `${(ms / 60e3).toFixed(0)} min` : `${(ms / 3600e3).toFixed(1)} h`;
}
