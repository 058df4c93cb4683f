import { openLake } from "../../shared/lake/open.ts";
import type { Lake } from "../../shared/lake/sink.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import type { Io } from "../output/io.ts";
import type { Format } from "../output/report.ts";
import { count } from "../output/report.ts";
import type { Scope, ScopeParam } from "../query/scope.ts";
import { parseScope, SCOPE_PARAMS } from "../query/scope.ts";
import { listSources } from "../redact/inputs.ts";
import type { Redaction } from "../redaction.ts";
import { REDACTION_FLAG, REDACTION_HELP, redactorFromFlags } from "../redaction.ts";
import { Examiner } from "../scan/examiner.ts";
import { Fixer } from "../scan/fixer.ts";
import { fetchInOrder, listObjects } from "../scan/lake-objects.ts";
import { printLeaks, remark, remarkFixes, UnreadableLog } from "../scan/output.ts";
import { leaksInFiles, leaksInObjects, progressOver } from "../scan/run.ts";
import type { Flags } from "../usage.ts";
import { choiceFlag, parseFlags, stringFlag, UsageError } from "../usage.ts";

const HELP = `clustertrail scan: find secrets that leaked into a lake or an archive

Usage: clustertrail scan --lake URL [--cluster N] [--from T] [--to T] [--fix] [--redaction F] [--format F]
       clustertrail scan [--redaction F] [--format F] FILE... | -

  --lake URL      ./folder, file:///folder or s3://bucket/prefix; everything under events/v1/ is read
${Object.entries(SCOPE_PARAMS)
  .map(([name, what]) => `  --${`${name} V`.padEnd(13)} ${what}`)
  .join("\n")}
  --fix           rewrite every object of the lake in which something leaked, redacted
${REDACTION_HELP}
  --format F      table (default), json, ndjson or csv

Names the rule and where: object, line (after decompression), path in the event. Never a value. FILE is NDJSON or JSON,
gzipped or not, and may hold any public envelope; paths are then those of the event inside. A record that is no audit
event is looked at as plain JSON or text.

--fix replaces an object at once or not at all, whatever kills the process, and only after the result was checked: the
same events with the same ids under the same key, nothing left to find; ingest.redactions says what was taken out. Run it
again after an interruption. It does not reach copies: noncurrent versions in a bucket with versioning keep the secret
until you delete them, as do replicas, backups, and what was made from the lake. quarantine/v1/ holds raw records by
design and is neither scanned nor changed. A secret that leaked is to be changed where it is used, too.

Exit codes: 0 clean (with --fix: nothing is left); 1 something leaked; 2 usage; 3 something could not be read.

Examples:
  clustertrail scan --lake s3://audit-lake/trail --from 7d
  clustertrail scan --lake ./lake --cluster prod --fix
  clustertrail scan --format json old-audit/*.log.gz
`;

/** `clustertrail scan`. @returns 0 clean, 1 leaks, 3 when something could not be read. @throws UsageError */
export async function scanCommand(argv: readonly string[], io: Io): Promise<number> {
  const scopeFlags = Object.fromEntries(SCOPE_NAMES.map((name) => [name, { type: "string" as const }]));
  const flags = parseFlags(argv, {
    lake: { type: "string" },
    ...scopeFlags,
    fix: { type: "boolean" },
    ...REDACTION_FLAG,
    format: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (flags.values["help"] === true) {
    io.stdout.write(HELP);
    return 0;
  }
  const format = choiceFlag(flags, "format", ["table", "json", "ndjson", "csv"], "table");
  const lake = await lakeOf(flags);
  const scope = scopeOf(flags);
  const redaction = await redactorFromFlags(flags, io);
  try {
    return lake === undefined
      ? await scanFiles(flags.positionals, redaction, format, io)
      : await scanLake(lake, scope, flags.values["fix"] === true, redaction, format, io);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    io.stderr.write(`clustertrail scan: ${error.message}\n`);
    return 3;
  }
}

const SCOPE_NAMES = Object.keys(SCOPE_PARAMS) as ScopeParam[];

/** The lake, or undefined when files are to be read. @throws UsageError when it is neither or both. */
async function lakeOf(flags: Flags): Promise<Lake | undefined> {
  const url = stringFlag(flags, "lake");
  const files = flags.positionals.length > 0;
  if (url !== undefined) {
    if (files) throw new UsageError("a lake or files, not both");
    return openLake(url);
  }
  if (!files) throw new UsageError("nothing to scan: name a lake with --lake, or files, or - for standard input");
  if (flags.values["fix"] === true) {
    throw new UsageError("--fix rewrites objects of a lake; for files use: clustertrail redact FILE > REDACTED");
  }
  const name = SCOPE_NAMES.find((flag) => flags.values[flag] !== undefined);
  if (name !== undefined) throw new UsageError(`--${name} selects parts of a lake, not of files`);
  return undefined;
}

function scopeOf(flags: Flags): Scope {
  const given = new Map<string, string>();
  for (const name of SCOPE_NAMES) {
    const value = stringFlag(flags, name);
    if (value !== undefined) given.set(name, value);
  }
  return parseScope(given, Date.now());
}

async function scanFiles(paths: readonly string[], redaction: Redaction, format: Format, io: Io): Promise<number> {
  const sources = await listSources(paths, process.stdin);
  const progress = progressOver(sources, io);
  const unreadable = new UnreadableLog(io, () => progress.clear());
  const examiner = new Examiner(redaction, unreadable.add);
  const leaks = leaksInFiles(sources, examiner, progress);
  const totals = await printLeaks(leaks, examiner, undefined, format, io);
  progress.done();
  remark(totals, examiner, `${count(sources.length)} ${sources.length === 1 ? "file" : "files"}`, unreadable, io);
  return exitCode(totals.left, unreadable.total);
}

async function scanLake(
  lake: Lake,
  scope: Scope,
  fix: boolean,
  redaction: Redaction,
  format: Format,
  io: Io,
): Promise<number> {
  const { objects, leftOut } = await listObjects(lake, scope);
  if (leftOut > 0) {
    io.stderr.write(
      `note: ${count(leftOut)} files under events/v1/ are not of the lake's layout and were not scanned\n`,
    );
  }
  const progress = progressOver(objects, io);
  const unreadable = new UnreadableLog(io, () => progress.clear());
  const examiner = new Examiner(redaction, unreadable.add);
  const fixer = fix ? new Fixer(lake, redaction, examiner) : undefined;
  const leaks = leaksInObjects(fetchInOrder(lake, objects), examiner, fixer, unreadable, progress);
  const totals = await printLeaks(leaks, examiner, fixer, format, io);
  progress.done();
  if (fixer !== undefined) remarkFixes(fixer, io);
  remark(totals, examiner, `${count(objects.length)} ${objects.length === 1 ? "object" : "objects"}`, unreadable, io);
  return exitCode(totals.left, unreadable.total);
}

/** A leak weighs more than what nobody could read. */
function exitCode(leaksLeft: number, unreadable: number): number {
  if (leaksLeft > 0) return 1;
  return unreadable > 0 ? 3 : 0;
}
