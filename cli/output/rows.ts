import type { EventEmitter } from "node:events";
import { once } from "node:events";
import type { JsonValue } from "../../shared/event.ts";
import { csvRecord } from "./csv.ts";
import type { Io } from "./io.ts";
import { jsonArray, jsonLines } from "./json.ts";
import type { Format } from "./report.ts";
import { tableLines } from "./table.ts";

/** One row of a result, keyed by column name. A value is anything JSON can say. */
export type Row = Record<string, JsonValue>;
export type Rows = Iterable<Row> | AsyncIterable<Row>;

/** Text is handed to stdout in pieces of about this many characters. */
const PIECE = 65_536;

/**
 * Prints rows to stdout: `table` for people (aligned; cut to the terminal's width, never in a pipe), `json` one array,
 * `ndjson` one object a line, `csv` after RFC 4180. All but `table` hold one piece of the output at a time.
 *
 * @param columns names in order; a row lacks no column.
 * @returns the number of rows printed.
 */
export async function printRows(rows: Rows, columns: readonly string[], format: Format, io: Io): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<Row> {
    for await (const row of rows) {
      count += 1;
      yield row;
    }
  }
  await writeAll(piecesOf(counted(), columns, format, io), io.stdout);
  return count;
}

function piecesOf(rows: AsyncIterable<Row>, columns: readonly string[], format: Format, io: Io): AsyncIterable<string> {
  if (format === "json") return jsonArray(rows);
  if (format === "ndjson") return jsonLines(rows);
  return format === "csv" ? csvText(rows, columns) : tableLines(rows, columns, io.stdout.columns);
}

async function* csvText(rows: AsyncIterable<Row>, columns: readonly string[]): AsyncGenerator<string> {
  yield csvRecord(columns);
  for await (const row of rows) yield csvRecord(columns.map((column) => row[column] ?? null));
}

async function writeAll(texts: AsyncIterable<string>, stdout: Io["stdout"]): Promise<void> {
  let piece = "";
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE) continue;
    await write(piece, stdout);
    piece = "";
  }
  if (piece !== "") await write(piece, stdout);
}

/** A slow reader must not make the whole result pile up in memory. */
async function write(text: string, stdout: Io["stdout"]): Promise<void> {
  if (stdout.write(text) === false && "once" in stdout) await once(stdout as unknown as EventEmitter, "drain");
}
