import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheFolder, fetchObjects } from "../../../cli/query/local-cache.ts";
import { runQuery } from "../../../cli/query/run.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { event, FakeRemoteLake } from "./lake.ts";

const HOURS = ["09", "10", "11"];
let cache: string;
let lake: FakeRemoteLake;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "clustertrail-cache-"));
  vi.stubEnv("XDG_CACHE_HOME", cache);
  lake = new FakeRemoteLake("s3://audit-lake/trail");
  for (const hour of HOURS) {
    lake.put(event(`2026-11-22T${hour}:00:00Z`), event(`2026-11-22T${hour}:30:00Z`));
    lake.put(event(`2026-11-22T${hour}:00:00Z`, {}, { cluster: "dev" }));
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

const COUNT = "SELECT count(*) AS n FROM audit";

describe("a remote lake", () => {
  it("gives only the objects that time and cluster select, and gives each once", async () => {
    const params = { from: "2026-11-22T10:00:00Z", cluster: "prod" };
    const first = await runQuery({ lake, sql: COUNT, params });
    expect(first.rows).toEqual([{ n: 4 }]);
    expect(lake.got).toHaveLength(2);
    expect(lake.got.every((key) => key.includes("cluster_name=prod") && !key.includes("hour=09"))).toBe(true);
    expect(first.read).toMatchObject({ objects: 2, partitions: 2, downloaded: 2, foreign: 0 });
    expect(first.read.bytesDownloaded).toBe(first.read.bytes);

    const again = await runQuery({ lake, sql: COUNT, params });
    expect(again.rows).toEqual(first.rows);
    expect(lake.got).toHaveLength(2);
    expect(again.read).toMatchObject({ objects: 2, downloaded: 0, bytesDownloaded: 0 });

    const all = await runQuery({ lake, sql: COUNT });
    expect(all.rows).toEqual([{ n: 9 }]);
    expect(lake.got).toHaveLength(6);
    expect(all.read.downloaded).toBe(4);
  });

  it("lists no folder outside the scope when it can list folders", async () => {
    const folders = async (prefix: string) => {
      const below = [...lake.objects.keys()].filter((key) => key.startsWith(prefix));
      return [...new Set(below.map((key) => key.slice(prefix.length).split("/")[0]!))];
    };
    const params = { from: "2026-11-22T10:00:00Z", to: "2026-11-22T11:00:00Z", cluster: "dev" };
    const { rows } = await runQuery({ lake: Object.assign(lake, { folders }), sql: COUNT, params });
    expect(rows).toEqual([{ n: 1 }]);
    expect(lake.listed).toEqual([
      "events/v1/provider=eks/account=111122223333/region=eu-west-1/cluster_name=dev/date=2026-11-22/hour=10/",
    ]);
  });

  it("is answered without what cannot be had, which is named and not cached", async () => {
    const [short, lost] = [...lake.objects.keys()].sort();
    lake.failing.add(lost!);
    const whole = lake.objects.get(short!)!;
    const get = lake.get.bind(lake);
    lake.get = async (key) => (key === short ? whole.subarray(1) : get(key));
    const { rows, unreadable } = await runQuery({ lake, sql: COUNT });
    expect(rows[0]!["n"]).toBeLessThan(9);
    expect(unreadable).toEqual([
      { key: short, reason: `${whole.length - 1} bytes came instead of ${whole.length}` },
      { key: lost, reason: `s3://audit-lake/trail: ${lost}: 403 AccessDenied` },
    ]);
    lake.failing.clear();
    lake.get = get;
    const later = await runQuery({ lake, sql: COUNT });
    expect([later.rows, later.unreadable]).toEqual([[{ n: 9 }], []]);
  });

  it("that cannot be listed is an error", async () => {
    // biome-ignore lint/correctness/useYield: it fails before its first object.
    lake.list = async function* () {
      throw new StorageError("s3://audit-lake/trail: 403 AccessDenied", { retryable: false });
    };
    await expect(runQuery({ lake, sql: COUNT })).rejects.toThrow("403 AccessDenied");
  });
});

describe("the local cache", () => {
  it("is the owner's alone and holds whole objects only", async () => {
    await runQuery({ lake, sql: COUNT });
    const folder = cacheFolder(lake.url);
    expect(folder.startsWith(cache)).toBe(true);
    for (const [key, body] of lake.objects) {
      const path = join(folder, key);
      expect(await readFile(path)).toEqual(body);
      expect((await stat(path)).mode & 0o077).toBe(0);
    }
    expect((await stat(folder)).mode & 0o077).toBe(0);
    expect((await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("fetches again what has another size than the lake says", async () => {
    await runQuery({ lake, sql: COUNT });
    const [key] = lake.objects.keys();
    await writeFile(join(cacheFolder(lake.url), key!), "cut");
    lake.got.length = 0;
    expect((await runQuery({ lake, sql: COUNT })).rows).toEqual([{ n: 9 }]);
    expect(lake.got).toEqual([key]);
  });

  it("is one folder per lake, wherever the environment says", () => {
    const of = (url: string, environment: NodeJS.ProcessEnv) => cacheFolder(url, environment);
    expect(of("s3://a/b", { XDG_CACHE_HOME: "/c" })).toMatch(/^\/c\/clustertrail\/[0-9a-f]{24}$/);
    expect(of("s3://a/b/", { XDG_CACHE_HOME: "/c" })).toBe(of("s3://a/b", { XDG_CACHE_HOME: "/c" }));
    expect(of("s3://a/c", { XDG_CACHE_HOME: "/c" })).not.toBe(of("s3://a/b", { XDG_CACHE_HOME: "/c" }));
    expect(of("s3://a/b", { XDG_CACHE_HOME: "relative" })).toMatch(/\/\.cache\/clustertrail\//);
  });

  it("that cannot be written is an error that says what to do", async () => {
    await writeFile(join(cache, "clustertrail"), "a file in the way");
    await expect(runQuery({ lake, sql: COUNT })).rejects.toThrow(
      /cannot be written \((ENOTDIR|EEXIST)\): .*XDG_CACHE_HOME/,
    );
  });

  it("takes two fetches at once", async () => {
    const objects = [...lake.objects].map(([key, { length }]) => ({ key, size: length }));
    const done: number[] = [];
    const folder = cacheFolder(lake.url);
    const [one, two] = await Promise.all([
      fetchObjects(lake, objects, folder, (count) => done.push(count)),
      fetchObjects(lake, objects, folder),
    ]);
    expect(one.paths).toEqual(two.paths);
    expect(one.paths.size).toBe(objects.length);
    expect(Math.max(...done)).toBe(objects.length);
  });
});
