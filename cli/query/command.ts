import { LakeUrlError } from "../../shared/lake/open.ts";
import { StorageError } from "../../shared/lake/sink.ts";
import type { Io } from "../output/io.ts";
import { bytes, count } from "../output/report.ts";
import { printRows } from "../output/rows.ts";
import type { Flags } from "../usage.ts";
import { choiceFlag, parseFlags, requiredFlag, stringFlag, UsageError } from "../usage.ts";
import { investigationHelp, queryHelp } from "./help.ts";
import { findInvestigation } from "./investigations/catalogue.ts";
import { ProgressLine } from "./progress-line.ts";
import type { StreamedResult } from "./run.ts";
import { withQuery } from "./run.ts";

/** Objects named on stderr; more than that are counted. */
const NAMED_OBJECTS = 20;

/**
 * `clustertrail query`: rows to stdout, remarks to stderr.
 * @returns 0; 2 when it was called wrongly; 3 when something in the lake could not be read.
 */
export async function queryCommand(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await query(argv, io);
  } catch (error) {
    if (error instanceof UsageError || error instanceof LakeUrlError) {
      io.stderr.write(`clustertrail query: ${error.message}\nTry: clustertrail query --help\n`);
      return 2;
    }
    if (!(error instanceof StorageError)) throw error;
    io.stderr.write(`clustertrail query: ${error.message}\n`);
    return 3;
  }
}

async function query(argv: readonly string[], io: Io): Promise<number> {
  const flags = parseFlags(argv, {
    lake: { type: "string" },
    sql: { type: "string" },
    param: { type: "string", multiple: true },
    from: { type: "string" },
    to: { type: "string" },
    cluster: { type: "string" },
    format: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  const [name, ...rest] = flags.positionals;
  if (flags.values["help"] === true) {
    const investigation = name === undefined ? undefined : findInvestigation(name);
    io.stdout.write(investigation === undefined ? queryHelp() : investigationHelp(investigation));
    return 0;
  }
  if (rest.length > 0) throw new UsageError("one investigation at a time; SQL goes into --sql, in quotes");
  const format = choiceFlag(flags, "format", ["table", "json", "ndjson", "csv"], "table");
  const lake = requiredFlag(flags, "lake", "the lake to ask, such as ./lake or s3://bucket/prefix");
  const params = paramFlags(flags);
  const progress = new ProgressLine(io);
  try {
    const onProgress = (text: string) => progress.say(text);
    return await withQuery({ lake, sql: stringFlag(flags, "sql"), name, params, onProgress }, async (result) => {
      progress.done();
      const rows = await printRows(result.rows, result.columns, format, io);
      remark(result, rows, lake, io);
      return result.unreadable.length > 0 ? 3 : 0;
    });
  } finally {
    progress.done();
  }
}

/** All parameters, with --from, --to and --cluster among them. @throws UsageError */
function paramFlags(flags: Flags): Map<string, string> {
  const params = new Map<string, string>();
  const set = (key: string, value: string) => {
    if (params.has(key)) throw new UsageError(`parameter ${key} is given twice`);
    params.set(key, value);
  };
  const given = flags.values["param"];
  for (const pair of Array.isArray(given) ? given.map(String) : []) {
    const [, key, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined) throw new UsageError("--param takes name=value");
    set(key, value);
  }
  for (const key of ["from", "to", "cluster"]) {
    const value = stringFlag(flags, key);
    if (value !== undefined) set(key, value);
  }
  return params;
}

function remark({ read, unreadable, limit }: StreamedResult, rows: number, lake: string, io: Io): void {
  const say = (text: string) => io.stderr.write(`${text}\n`);
  if (read.objects === 0)
    say(`note: nothing to read: ${lake} has no events in the time and clusters asked for, or does not exist yet`);
  else {
    const fetched =
      read.downloaded > 0 ? `, ${count(read.downloaded)} (${bytes(read.bytesDownloaded)}) downloaded` : "";
    say(
      `${count(rows)} ${rows === 1 ? "row" : "rows"} from ${count(read.objects)} objects (${bytes(read.bytes)}) in ${count(read.partitions)} partitions${fetched}`,
    );
  }
  if (limit !== undefined && rows === limit)
    say(`note: stopped at ${limit} rows; more with --param limit=${limit * 10}`);
  if (read.foreign > 0)
    say(`note: ${count(read.foreign)} files under events/v1/ are not of the lake's layout and were not read`);
  for (const { key, reason } of unreadable.slice(0, NAMED_OBJECTS)) say(`unreadable: ${key}: ${reason}`);
  if (unreadable.length > NAMED_OBJECTS) say(`unreadable: ${count(unreadable.length - NAMED_OBJECTS)} more objects`);
  if (unreadable.length > 0) say(`The answer lacks what is in ${count(unreadable.length)} objects.`);
}
