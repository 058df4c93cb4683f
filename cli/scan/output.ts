import type { Io } from "../output/io.ts";
import type { Format } from "../output/report.ts";
import { count } from "../output/report.ts";
import type { Row } from "../output/rows.ts";
import { printRows } from "../output/rows.ts";
import { LineWriter } from "../redact/line-writer.ts";
import type { Examiner, Leak } from "./examiner.ts";
import type { Fixer } from "./fixer.ts";

/** Names on stderr; more than that are counted. */
const NAMED = 20;

/** A leak, and under `--fix` whether its object is redacted now. */
export interface LeakRow extends Leak {
  readonly fixed?: boolean;
}

const COLUMNS = ["object", "line", "path", "rule"] as const;

/** How many leaks there were, and how many of them are still there. */
export interface LeakTotals {
  readonly found: number;
  readonly left: number;
}

/**
 * Prints leaks as they are found; `json` when all are known: `{"scanned":n,"leaks":[...]}`, with a fixer `"rewritten"` too.
 */
export async function printLeaks(
  leaks: AsyncIterable<LeakRow>,
  examiner: Examiner,
  fixer: Fixer | undefined,
  format: Format,
  io: Io,
): Promise<LeakTotals> {
  const totals = { found: 0, left: 0 };
  async function* rows(): AsyncGenerator<Row> {
    for await (const leak of leaks) {
      totals.found++;
      if (leak.fixed !== true) totals.left++;
      yield { ...leak };
    }
  }
  if (format === "json") await printJson(rows(), examiner, fixer, io);
  else await printRows(rows(), fixer === undefined ? COLUMNS : [...COLUMNS, "fixed"], format, io);
  return totals;
}

async function printJson(
  rows: AsyncIterable<Row>,
  examiner: Examiner,
  fixer: Fixer | undefined,
  io: Io,
): Promise<void> {
  const leaks = await Array.fromAsync(rows, (row) => JSON.stringify(row));
  const writer = new LineWriter(io.stdout);
  await writer.add(`{"scanned":${examiner.scanned},"leaks":[`);
  for (const [index, leak] of leaks.entries()) await writer.add(index + 1 < leaks.length ? `${leak},` : leak);
  await writer.add(fixer === undefined ? "]}" : `],"rewritten":${JSON.stringify(fixer.rewritten)}}`);
  await writer.flush();
}

/** What could not be looked at: the first ones are named, all are counted. */
export class UnreadableLog {
  readonly #io: Io;
  readonly #beforeLine: () => void;
  total = 0;

  constructor(io: Io, beforeLine: () => void) {
    this.#io = io;
    this.#beforeLine = beforeLine;
  }

  readonly add = (object: string, line: number, reason: string): void => {
    if (++this.total > NAMED) return;
    this.#beforeLine();
    this.#io.stderr.write(`unreadable: ${object}${line === 0 ? "" : ` line ${line}`}: ${reason}\n`);
  };
}

/** Every object that was changed, and every one that should have been. */
export function remarkFixes({ rewritten, failed }: Fixer, io: Io): void {
  for (const { object, events, redactions } of rewritten) {
    io.stderr.write(`rewritten: ${object} (${count(redactions)} redactions, ${count(events)} events)\n`);
  }
  for (const { object, reason } of failed) io.stderr.write(`not rewritten: ${object}: ${reason}\n`);
}

/** The closing lines: how much was looked at, how well, and what came of it. @param inputs such as `3 objects`. */
export function remark(
  { found, left }: LeakTotals,
  { scanned, notEvents }: Examiner,
  inputs: string,
  unreadable: UnreadableLog,
  io: Io,
): void {
  const say = (text: string) => io.stderr.write(`${text}\n`);
  if (unreadable.total > NAMED) say(`unreadable: ${count(unreadable.total - NAMED)} more`);
  const others = Object.entries(notEvents);
  if (others.length > 0) {
    const sum = others.reduce((total, [, n]) => total + n, 0);
    const reasons = others.map(([reason, n]) => `${count(n)} ${reason}`).join(", ");
    say(`note: ${count(sum)} records are no audit events (${reasons}): looked at as plain JSON or text`);
  }
  const fixed = found - left;
  const result =
    found === 0 ? "no leaks" : `${count(found)} leaks${fixed > 0 ? `, ${count(fixed)} of them taken out` : ""}`;
  say(`${count(scanned)} records in ${inputs}: ${result}`);
  if (unreadable.total > 0) say(`${count(unreadable.total)} could not be read and may hold more`);
}
