import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { queryCommand } from "../../../cli/query/command.ts";
import { INVESTIGATIONS } from "../../../cli/query/investigations/catalogue.ts";
import { CapturedIo, event, TestLake } from "./lake.ts";

let lake: TestLake;

beforeAll(async () => {
  lake = await TestLake.create();
  const secret = { resource: "secrets", namespace: "shop", name: "db", apiVersion: "v1" };
  await lake.put(event("2026-11-22T10:00:00Z", { objectRef: secret }), event("2026-11-22T10:30:00Z", { verb: "list" }));
  await lake.put(event("2026-11-22T11:00:00Z", { verb: "list", objectRef: secret }));
});
afterAll(() => lake.remove());

async function query(...argv: string[]) {
  const io = new CapturedIo();
  const code = await queryCommand(argv, io);
  return { code, out: io.out, err: io.err };
}

const ask = (...argv: string[]) => query("--lake", lake.directory, ...argv);
const VERBS = "SELECT verb, count(*) AS n FROM audit_flat GROUP BY verb ORDER BY verb";

describe("query", () => {
  it("prints a table, and what was read on stderr", async () => {
    const { code, out, err } = await ask("--sql", VERBS);
    expect(code).toBe(0);
    expect(out).toBe("verb  n\n----  -\nget   1\nlist  2\n");
    expect(err).toMatch(/^2 rows from 2 objects \([\d.]+ \w+\) in 2 partitions\n$/);
  });

  it.each([
    ["json", '[\n{"verb":"get","n":1},\n{"verb":"list","n":2}\n]\n'],
    ["ndjson", '{"verb":"get","n":1}\n{"verb":"list","n":2}\n'],
    ["csv", "verb,n\r\nget,1\r\nlist,2\r\n"],
  ])("prints %s", async (format, expected) => {
    expect((await ask("--sql", VERBS, "--format", format)).out).toBe(expected);
  });

  it("answers an investigation with parameters", async () => {
    const { code, out } = await ask("secret-access", "--param", "namespace=shop", "--format", "json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ verb: "get" }, { verb: "list" }]);
  });

  it("takes the window and cluster as flags or as parameters", async () => {
    const flags = await ask(
      "secret-access",
      "--from",
      "2026-11-22T11:00:00Z",
      "--to",
      "2026-11-23",
      "--cluster",
      "prod",
      "--format",
      "json",
    );
    const params = await ask(
      "secret-access",
      "--param",
      "from=2026-11-22T11:00:00Z",
      "--param",
      "to=2026-11-23",
      "--param",
      "cluster=prod",
      "--format",
      "json",
    );
    expect(JSON.parse(flags.out)).toHaveLength(1);
    expect(params.out).toBe(flags.out);
    expect(flags.err).toMatch(/^1 row from 1 objects/);
  });

  it("says when it stopped at the limit", async () => {
    const { err } = await ask("secret-access", "--param", "limit=1");
    expect(err).toContain("stopped at 1 rows; more with --param limit=10");
  });

  it("keeps the = of a value", async () => {
    const { out } = await ask("--sql", "SELECT $v AS v", "--param", "v=a=b=\n'c", "--format", "json");
    expect(JSON.parse(out)).toEqual([{ v: "a=b=\n'c" }]);
  });
});

describe("a lake with nothing in it", () => {
  it.each(INVESTIGATIONS.map(({ name }) => name))("answers %s with no rows and says so", async (name) => {
    const argv = ["--lake", join(lake.directory, "../nowhere"), name, "--format", "json"];
    const { code, out, err } = await query(...argv, ...(name === "user-actions" ? ["--param", "user=x"] : []));
    expect([code, out]).toEqual([0, "[]\n"]);
    expect(err).toMatch(/^note: nothing to read: .*does not exist yet\n$/);
  });

  it("still has its views", async () => {
    const empty = join(dirname(lake.directory), "empty");
    await mkdir(empty);
    for (const view of ["audit", "audit_flat", "audit_requests"]) {
      const { code, out } = await query(
        "--lake",
        empty,
        "--sql",
        `SELECT count(*) AS n FROM ${view}`,
        "--format",
        "csv",
      );
      expect([code, out]).toEqual([0, "n\r\n0\r\n"]);
    }
  });
});

describe("wrong usage", () => {
  it.each<[string[], RegExp]>([
    [[], /nothing asked: give --sql, or one of activity, /],
    [["nonsense"], /no investigation of that name; there are activity, /],
    [["exec", "--sql", "SELECT 1"], /either --sql or the name/],
    [["exec", "clusters"], /one investigation at a time/],
    [["user-actions"], /user-actions needs --param user=\.\.\./],
    [
      ["exec", "--param", "nmaespace=x"],
      /exec has no parameter nmaespace; it takes namespace, user, kind, limit, from, /,
    ],
    [["exec", "--param", "limit=many"], /limit takes a whole number/],
    [["exec", "--param", "limit=0"], /limit takes a whole number/],
    [["exec", "--param", "kind=ssh"], /kind takes one of all, exec, /],
    [["exec", "--param", "namespace"], /--param takes name=value/],
    [["exec", "--from", "soon"], /from takes a date/],
    [["exec", "--from", "1h", "--param", "from=2h"], /parameter from is given twice/],
    [["exec", "--format", "xml"], /--format takes one of/],
    [["exec", "--colour"], /--colour/],
    [["--sql", "SELEC"], /Parser Error/],
    [["--sql", "SELECT $a"], /give --param a=/],
    [["--sql", "SELECT 1", "--param", "a=1"], /the SQL has no \$a/],
  ])("%j is exit code 2", async (argv, message) => {
    const { code, out, err } = await ask(...argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(message);
    expect(err).toMatch(/Try: clustertrail query --help\n$/);
  });

  it("names a missing or malformed lake", async () => {
    expect(await query("exec")).toMatchObject({ code: 2, err: expect.stringContaining("--lake is missing") });
    expect(await query("exec", "--lake", "lake")).toMatchObject({ code: 2, err: expect.stringContaining("./lake") });
  });
});

describe("a lake that cannot be read", () => {
  it("in part is exit code 3, with the object named and the rest answered", async () => {
    const torn = await TestLake.create();
    await torn.put(event("2026-11-22T10:00:00Z", { verb: "get" }));
    const key = await torn.put(event("2026-11-22T11:00:00Z", { verb: "list" }));
    await writeFile(join(torn.directory, key), "not gzip");
    const { code, out, err } = await query("--lake", torn.directory, "--sql", VERBS, "--format", "csv");
    expect([code, out]).toEqual([3, "verb,n\r\nget,1\r\n"]);
    expect(err).toContain(`unreadable: ${key}: the gzip data is damaged; 0 of 1 events read`);
    await torn.remove();
  });

  it("at all is exit code 3", async () => {
    const file = join(dirname(lake.directory), "file");
    await writeFile(file, "x");
    const { code, err } = await query("--lake", file, "clusters");
    expect(code).toBe(3);
    expect(err).toContain("a file stands where a folder is needed");
  });

  it("leaves no temporary folder behind, whatever happened", async () => {
    const temporary = await mkdtemp(join(tmpdir(), "clustertrail-test-"));
    vi.stubEnv("TMPDIR", temporary);
    await ask("--sql", VERBS);
    await ask("--sql", "SELECT verb::INTEGER FROM audit");
    expect(await readdir(temporary)).toEqual([]);
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });
});

describe("--help", () => {
  it("names flags, investigations, views and examples", async () => {
    const { code, out } = await query("--help");
    expect(code).toBe(0);
    for (const { name } of INVESTIGATIONS) expect(out).toContain(`  ${name} `);
    for (const text of ["--lake", "--sql", "--param", "--from", "--format", "audit_flat", "Examples:"])
      expect(out).toContain(text);
    for (const line of out.split("\n").filter((line) => !line.includes('--sql "')))
      expect(line.length).toBeLessThanOrEqual(125);
  });

  it("of an investigation shows its parameters and SQL", async () => {
    const { code, out } = await query("exec", "--help");
    expect(code).toBe(0);
    expect(out).toContain("kind       only these: all, exec, attach, portforward, proxy (default all)");
    expect(out).toContain("FROM audit_requests");
  });
});
