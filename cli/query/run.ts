import type { DuckDBResult } from "@duckdb/node-api";
import { openLake } from "../../shared/lake/open.ts";
import type { Row } from "../output/rows.ts";
import { UsageError } from "../usage.ts";
import { execute, isTooLong, SqlError } from "./execute.ts";
import type { LakeFiles, ReadableLake, ReadReport, Unreadable } from "./lake-files.ts";
import { openFiles } from "./lake-files.ts";
import type { Question } from "./question.ts";
import { parseQuestion } from "./question.ts";
import { Repairs } from "./repairs.ts";
import type { Session } from "./session.ts";
import { openSession, removeFolder, temporaryFolder } from "./session.ts";
import { HUGE_OBJECT, LARGE_OBJECT } from "./tables.ts";
import { rowsOf } from "./values.ts";
import { viewStatements } from "./views.ts";

export interface QueryOptions {
  /** URL of a lake, or a lake. */
  readonly lake: string | ReadableLake;
  /** The user's own SQL over `audit`, `audit_flat` and `audit_requests`... */
  readonly sql?: string | undefined;
  /** ...or the name of an investigation. */
  readonly name?: string | undefined;
  /** Values of the investigation's parameters and of the scope (from, to, cluster...), or of `$name` in the SQL. */
  readonly params?: Readonly<Record<string, string>> | ReadonlyMap<string, string> | undefined;
  /** Milliseconds since 1970: what `from=6h` counts back from. Default: the clock. */
  readonly now?: number | undefined;
  /** Told what is going on, for a progress line. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** What every answer comes with. */
interface Answer {
  readonly columns: readonly string[];
  readonly read: ReadReport;
  /** Objects that could not be read, or not wholly: the answer may lack what is in them. */
  readonly unreadable: readonly Unreadable[];
  /** The number of rows at which an investigation stops; absent for SQL. */
  readonly limit?: number;
}

export interface QueryResult extends Answer {
  readonly rows: readonly Row[];
}

export interface StreamedResult extends Answer {
  /** May be read once. */
  readonly rows: AsyncIterable<Row>;
}

/**
 * Answers a question from a lake.
 * @throws UsageError when the question is wrong (unknown name, missing parameter, faulty SQL).
 * @throws LakeUrlError when `lake` is not a lake's URL.
 * @throws StorageError when the lake cannot be listed.
 */
export async function runQuery(options: QueryOptions): Promise<QueryResult> {
  return withQuery(options, async ({ rows, ...answer }) => {
    const all: Row[] = [];
    for await (const row of rows) all.push(row);
    return { ...answer, rows: all };
  });
}

/** {@link runQuery} for results too large for memory: rows are there while `use` runs. Throws likewise. */
export async function withQuery<T>(options: QueryOptions, use: (result: StreamedResult) => Promise<T>): Promise<T> {
  const params = options.params instanceof Map ? options.params : new Map(Object.entries(options.params ?? {}));
  const { sql, name } = options;
  const question = parseQuestion({ sql, name, params, now: options.now ?? Date.now() });
  const lake = typeof options.lake === "string" ? await openLake(options.lake) : options.lake;
  const onProgress = options.onProgress ?? (() => {});
  const files = await openFiles(lake, question.scope, onProgress);
  onProgress(`reading ${files.paths.size} objects, ${(files.report.bytes / 1e6).toFixed(1)} MB compressed`);
  const folder = await temporaryFolder();
  try {
    const { session, result, unreadable } = await ask(question, files, folder);
    try {
      return await use({
        columns: result.deduplicatedColumnNames(),
        rows: rowsOf(result),
        read: files.report,
        unreadable: [...files.unreadable, ...unreadable],
        ...(question.limit === undefined ? {} : { limit: question.limit }),
      });
    } finally {
      session.close();
    }
  } finally {
    await removeFolder(folder);
  }
}

interface Asked {
  readonly session: Session;
  readonly result: DuckDBResult;
  readonly unreadable: readonly Unreadable[];
}

/**
 * Runs the question, again with room for longer lines if one is too long, and again on repaired copies if objects turn
 * out to be broken. Each attempt has a database of its own: SQL may have created something before it failed.
 */
async function ask(question: Question, { paths, suspects }: LakeFiles, folder: string): Promise<Asked> {
  const repairs = new Repairs(paths, folder);
  await repairs.add([...paths.keys()].filter((key) => suspects.has(key)));
  let maximumObjectSize = LARGE_OBJECT;
  let searched = false;
  for (;;) {
    const session = await openSession(folder);
    try {
      const source = { paths: [...repairs.paths.values()], scope: question.scope, maximumObjectSize };
      for (const statement of viewStatements(source, question.sql)) await session.connection.run(statement);
      const result = await execute(session.connection, question.sql, question.values);
      return { session, result, unreadable: repairs.unreadable };
    } catch (error) {
      session.close();
      if (error instanceof UsageError) throw error;
      if (isTooLong(error) && maximumObjectSize < HUGE_OBJECT) {
        maximumObjectSize = HUGE_OBJECT;
        continue;
      }
      // With every object readable, it is the SQL's own failure.
      if (searched || !(await repairs.search())) throw new SqlError(error);
      searched = true;
    }
  }
}
