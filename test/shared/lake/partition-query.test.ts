import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DirectoryLake } from "../../../shared/lake/directory.ts";
import { partitionPath } from "../../../shared/lake/partition.ts";
import { LakeWriter } from "../../../shared/lake/writer.ts";

const NAMES = [
  "prod",
  "a/b",
  "..",
  "50%",
  "café 😀",
  "a=b",
  "__HIVE_DEFAULT_PARTITION__",
  "unknown",
  "2026-01-01",
  "it's",
  "a~b",
  "[x]*?",
  "x".repeat(200),
];
const LOSSY = ["lone \ud800 surrogate", "y".repeat(400)];

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "clustertrail-partition-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it("gives a SQL engine back the values that were escaped, whatever they hold", async () => {
  const writer = new LakeWriter(new DirectoryLake(root));
  for (const [n, cluster] of [...NAMES, ...LOSSY].entries()) {
    const partition = partitionPath({ provider: "eks", cluster, time: "2026-11-22T13:05:01Z" });
    await writer.add(partition, n.toString(16).padStart(32, "0"), "2026-11-22T13:05:01Z", JSON.stringify({ n }));
  }
  await writer.close();
  const database = await DuckDBInstance.create();
  const connection = await database.connect();
  const reader = await connection.runAndReadAll(
    `SELECT n, cluster_name, hour FROM read_json('${root}/events/v1/**/*.ndjson.gz', columns = {n: 'INT'}, hive_partitioning = true, hive_types_autocast = false) ORDER BY n`,
  );
  const rows = reader.getRows();
  connection.closeSync();
  database.closeSync();
  expect(rows.slice(0, NAMES.length)).toEqual(NAMES.map((name, n) => [n, name, "13"]));
  expect(rows.slice(NAMES.length).map(([, name]) => String(name).replace(/~[0-9a-f]{32}$/, "~"))).toEqual([
    "lone \ufffd surrogate~",
    `${"y".repeat(165)}~`,
  ]);
});
