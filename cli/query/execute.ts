import type {
  DuckDBConnection,
  DuckDBExtractedStatements,
  DuckDBPreparedStatement,
  DuckDBResult,
} from "@duckdb/node-api";
import { UsageError } from "../usage.ts";
import type { Value } from "./question.ts";

/**
 * The SQL failed while it ran. The message says how without quoting a value: DuckDB's own message can hold what it
 * choked on, and standard error often ends in a log.
 */
export class SqlError extends UsageError {
  constructor(cause: unknown) {
    super(`the SQL failed: ${withoutValues(messageOf(cause))}`);
    this.cause = cause;
  }
}

/**
 * Runs one or more statements and returns the last one's result, materialised.
 * @param values of `$name` placeholders: bound.
 * @throws UsageError when the SQL does not parse or bind, or its placeholders and `values` do not match; what DuckDB
 * throws when it fails while it runs.
 */
export async function execute(
  connection: DuckDBConnection,
  sql: string,
  values: ReadonlyMap<string, Value>,
): Promise<DuckDBResult> {
  const statements = await parse(connection, sql);
  const unused = new Set(values.keys());
  let result: DuckDBResult | undefined;
  for (let index = 0; index < statements.count; index++) {
    const statement = await checked(() => statements.prepare(index));
    bind(statement, values, unused);
    // A slip in a parameter's name must show before anything runs, and with one statement it does.
    if (index === statements.count - 1) refuseUnused(unused);
    result = await statement.run();
  }
  if (result === undefined) throw new UsageError(EMPTY);
  return result;
}

const EMPTY = "--sql is empty";

async function parse(connection: DuckDBConnection, sql: string): Promise<DuckDBExtractedStatements> {
  return checked(() => connection.extractStatements(sql)).catch((error: unknown) => {
    // Parsing touches no data; without a parser's message there was nothing to parse.
    throw error instanceof UsageError ? error : new UsageError(EMPTY, { cause: error });
  });
}

function bind(statement: DuckDBPreparedStatement, values: ReadonlyMap<string, Value>, unused: Set<string>): void {
  for (let index = 1; index <= statement.parameterCount; index++) {
    const name = statement.parameterName(index);
    const value = values.get(name);
    if (value === undefined) throw new UsageError(`the SQL uses $${name}: give --param ${name}=...`);
    unused.delete(name);
    if (value === null) statement.bindNull(index);
    else if (typeof value === "bigint") statement.bindBigInt(index, value);
    else statement.bindVarchar(index, value);
  }
}

function refuseUnused(unused: ReadonlySet<string>): void {
  if (unused.size === 0) return;
  const names = [...unused];
  throw new UsageError(
    `the SQL has no ${names.map((name) => `$${name}`).join(", ")}: --param ${names[0]} has no effect`,
  );
}

/** The first word of messages about the SQL itself; they quote nothing but the SQL. */
const ABOUT_SQL = /(?:Parser|Binder|Catalog|Syntax) Error: /;

async function checked<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const message = messageOf(error);
    const start = message.search(ABOUT_SQL);
    if (start === -1) throw error;
    throw new UsageError(message.slice(start), { cause: error });
  }
}

/** True when a line of the lake is longer than the query made room for. */
export function isTooLong(error: unknown): boolean {
  return messageOf(error).includes('"maximum_object_size" of');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** The first line up to where DuckDB begins to quote; of errors whose text the SQL can make, only the kind. */
function withoutValues(message: string): string {
  const line = message.split("\n", 1)[0]!;
  const start = line.search(line.startsWith(FREE_TEXT) ? /: / : /['"{[(]/);
  return start === -1 ? line || "unknown error" : `${line.slice(0, start)}…`;
}

const FREE_TEXT = "Invalid Input Error";
