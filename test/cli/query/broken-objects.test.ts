import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runQuery } from "../../../cli/query/run.ts";
import { event, TestLake } from "./lake.ts";

let lake: TestLake;
let broken: string;

/** A secret-looking value that no message may show. */
const CANARY = "canary-7f3a9";

beforeEach(async () => {
  lake = await TestLake.create();
  await lake.put(event("2026-11-22T10:00:00Z"), event("2026-11-22T10:00:01Z"));
  const many = Array.from({ length: 200 }, (_, n) =>
    event("2026-11-22T11:00:00Z", { userAgent: `${CANARY} ${Math.sin(n)}` }),
  );
  broken = await lake.put(...many);
  await lake.put(event("2026-11-22T12:00:00Z"), event("2026-11-22T12:00:01Z"));
});
afterEach(() => lake.remove());

async function damage(change: (body: Buffer) => Uint8Array): Promise<void> {
  const path = join(lake.directory, broken);
  await writeFile(path, change(await readFile(path)));
}

function editLines(edit: (lines: string[]) => string[]): (body: Buffer) => Uint8Array {
  return (body) => gzipSync(`${edit(gunzipSync(body).toString().trimEnd().split("\n")).join("\n")}\n`);
}

async function countEvents() {
  const result = await runQuery({ lake: lake.directory, sql: "SELECT count(*) AS n FROM audit" });
  return { n: result.rows[0]!["n"] as number, unreadable: result.unreadable };
}

describe("a broken object", () => {
  it.each<[string, (body: Buffer) => Uint8Array, number, RegExp]>([
    [
      "a line that is not JSON",
      editLines((lines) => lines.with(5, `{"time": ${CANARY}`)),
      199,
      /^1 line is not a JSON object; 199 of 200 events read$/,
    ],
    [
      "lines that are no objects",
      editLines((lines) => lines.with(5, `["${CANARY}"]`).with(6, "5")),
      198,
      /^2 lines are not/,
    ],
    ["an empty file", () => new Uint8Array(), 0, /^the gzip data is cut off; 0 of 200 events read$/],
    ["a file that is no gzip", (body) => gunzipSync(body), 0, /^the gzip data is damaged; 0 of 200/],
    ["a header and nothing else", (body) => body.subarray(0, 10), 0, /^the gzip data is cut off; 0 of 200/],
  ])("is named, and all else is read: %s", async (_, change, kept, reason) => {
    await damage(change);
    const { n, unreadable } = await countEvents();
    expect(n).toBe(4 + kept);
    expect(unreadable).toEqual([{ key: broken, reason: expect.stringMatching(reason) }]);
    expect(JSON.stringify(unreadable)).not.toContain(CANARY);
  });

  it.each([0.3, 0.6, 0.9])("is read up to where its gzip data is cut off (%d)", async (share) => {
    await damage((body) => body.subarray(0, Math.floor(body.length * share)));
    const { n, unreadable } = await countEvents();
    expect(n).toBeGreaterThan(4);
    expect(n).toBeLessThan(204);
    expect(unreadable).toEqual([{ key: broken, reason: `the gzip data is cut off; ${n - 4} of 200 events read` }]);
  });

  it("keeps its partition columns and its key when it is read from a repaired copy", async () => {
    await damage(editLines((lines) => lines.with(0, "")));
    await damage(editLines((lines) => [...lines, "x"]));
    const { rows } = await runQuery({
      lake: lake.directory,
      sql: "SELECT DISTINCT object, hour, cluster_name FROM audit WHERE hour = '11'",
    });
    expect(rows).toEqual([{ object: broken, hour: "11", cluster_name: "prod" }]);
  });

  it("does not trouble a query that does not read it", async () => {
    await damage(() => Buffer.from("x"));
    const { unreadable, rows } = await runQuery({
      lake: lake.directory,
      sql: "SELECT count(*) AS n FROM audit",
      params: { from: "2026-11-22T12:00:00Z" },
    });
    expect([rows, unreadable]).toEqual([[{ n: 2 }], []]);
  });

  it("is one of several", async () => {
    const other = await lake.put(event("2026-11-22T13:00:00Z"));
    await writeFile(join(lake.directory, other), "y");
    await damage((body) => body.subarray(0, body.length >> 1));
    const { unreadable } = await countEvents();
    expect(unreadable.map(({ key }) => key)).toEqual([broken, other]);
  });
});

describe("lines that JSON allows and DuckDB does not", () => {
  it("are read all the same: half a surrogate pair, a key twice, blank lines", async () => {
    await damage(
      editLines((lines) => [
        ...lines.slice(0, 197),
        "",
        lines[197]!.replace(CANARY, "half \\ud83d pair"),
        lines[198]!.replace('"verb":', '"verb":"first","verb":'),
        "  \r",
        lines[199]!,
      ]),
    );
    const { rows, unreadable } = await runQuery({
      lake: lake.directory,
      sql: "SELECT count(*) AS n, count(*) FILTER (userAgent LIKE 'half \uFFFD pair%') AS half FROM audit",
    });
    expect(rows).toEqual([{ n: 204, half: 1 }]);
    expect(unreadable).toEqual([]);
  });
});

describe("SQL that fails by itself", () => {
  it.each([
    ["SELECT userAgent::INTEGER FROM audit", /^the SQL failed: Conversion Error: /],
    ["SELECT (requestURI || '{')::JSON->'a' FROM audit", /^the SQL failed: /],
    ["SELECT error('boom ' || userAgent) FROM audit", /^the SQL failed: /],
  ])("is the user's, and its message quotes no value: %s", async (sql, message) => {
    const failure = runQuery({ lake: lake.directory, sql });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(expect.objectContaining({ name: "UsageError" }));
    expect(await failure.catch((error: Error) => error.message)).not.toContain(CANARY);
  });

  it.each([
    ["SELEC 1", /Parser Error: syntax error/],
    ["SELECT nope FROM audit", /Binder Error: .*nope/],
    ["SELECT * FROM nowhere", /Catalog Error: Table with name nowhere/],
    ["", /--sql is empty/],
    ["-- nothing", /--sql is empty/],
    ["SELECT $user", /uses \$user: give --param user=/],
  ])("or cannot start: %j", async (sql, message) => {
    await expect(runQuery({ lake: lake.directory, sql })).rejects.toThrow(message);
  });
});
