import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "../../../cli/query/session.ts";
import { openSession, removeFolder, temporaryFolder } from "../../../cli/query/session.ts";
import { rowsOf } from "../../../cli/query/values.ts";

let folder: string;
let session: Session;

beforeAll(async () => {
  folder = await temporaryFolder();
  session = await openSession(folder);
});

afterAll(async () => {
  session.close();
  await removeFolder(folder);
});

async function value(expression: string): Promise<unknown> {
  const result = await session.connection.run(`SELECT ${expression} AS v`);
  for await (const row of rowsOf(result)) return row["v"];
  return undefined;
}

describe("DuckDB values as JSON", () => {
  it.each<[string, unknown]>([
    ["NULL", null],
    ["true", true],
    ["'text'", "text"],
    ["42::TINYINT", 42],
    ["count(*)", 1],
    ["9007199254740991::BIGINT", 9007199254740991],
    ["9007199254740993::BIGINT", "9007199254740993"],
    ["-9007199254740993::BIGINT", "-9007199254740993"],
    ["sum(5)", 5],
    ["170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"],
    ["1.5::DECIMAL(10, 2)", 1.5],
    ["12345678901234567.89::DECIMAL(30, 2)", "12345678901234567.89"],
    ["1e300::DOUBLE", 1e300],
    ["'nan'::DOUBLE", null],
    ["'infinity'::DOUBLE", null],
    ["TIMESTAMPTZ '2026-11-22T01:02:03.456789+00:00'", "2026-11-22T01:02:03.456789Z"],
    ["TIMESTAMPTZ '2026-11-22T03:02:03+02:00'", "2026-11-22T01:02:03Z"],
    ["TIMESTAMP '2026-11-22 01:02:03.5'", "2026-11-22T01:02:03.500000Z"],
    ["TIMESTAMP_S '2026-11-22 01:02:03'", "2026-11-22T01:02:03Z"],
    ["TIMESTAMP_MS '2026-11-22 01:02:03.004'", "2026-11-22T01:02:03.004000Z"],
    ["TIMESTAMP_NS '2026-11-22 01:02:03.000000001'", "2026-11-22T01:02:03.000000001Z"],
    ["TIMESTAMP '1969-12-31 23:59:59.25'", "1969-12-31T23:59:59.250000Z"],
    ["'infinity'::TIMESTAMP", null],
    ["'-infinity'::TIMESTAMPTZ", null],
    ["DATE '2026-11-22'", "2026-11-22"],
    ["TIME '01:02:03'", "01:02:03"],
    ["'6f1e1b4c-3f0e-4a55-8f1e-000000000001'::UUID", "6f1e1b4c-3f0e-4a55-8f1e-000000000001"],
    ["[1, NULL, 3]", [1, null, 3]],
    ["[[1], []]", [[1], []]],
    ["{'a': 1, 'b': {'c': ['x']}}", { a: 1, b: { c: ["x"] } }],
    ["MAP {'k': 'v', '__proto__': 'w'}", JSON.parse('{"k":"v","__proto__":"w"}')],
    ["MAP {1: 'v'}", [{ key: 1, value: "v" }]],
    [`'{"a": [1, "x", null]}'::JSON`, { a: [1, "x", null] }],
    [`'"text"'::JSON`, "text"],
    [`{'body': '{"a": 1}'::JSON}`, { body: { a: 1 } }],
    [`['{"a": 1}'::JSON]`, [{ a: 1 }]],
    [`'{"a": 1}'`, '{"a": 1}'],
    ["union_value(num := 2)", 2],
  ])("%s", async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  it("keeps apart columns of one name", async () => {
    const result = await session.connection.run("SELECT 1 AS a, 2 AS a");
    for await (const row of rowsOf(result)) expect(row).toEqual({ a: 1, "a:1": 2 });
  });

  it("streams results of many chunks", async () => {
    const result = await session.connection.run("SELECT range AS n FROM range(10000)");
    let sum = 0;
    for await (const row of rowsOf(result)) sum += row["n"] as number;
    expect(sum).toBe(49_995_000);
  });
});

describe("a session", () => {
  it("reads no extension from anywhere: json and parquet are built in", async () => {
    const result = await session.connection.run(
      "SELECT extension_name AS name FROM duckdb_extensions() WHERE loaded AND install_mode = 'STATICALLY_LINKED'",
    );
    const names: unknown[] = [];
    for await (const row of rowsOf(result)) names.push(row["name"]);
    expect(names).toEqual(expect.arrayContaining(["json", "parquet"]));
    await expect(session.connection.run("SELECT * FROM read_parquet('s3://nowhere/x.parquet')")).rejects.toThrow(
      /requires the extension httpfs/,
    );
  });
});
