import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cacheFolder } from "../../../cli/query/local-cache.ts";
import { redactorFromFlags } from "../../../cli/redaction.ts";
import { Examiner } from "../../../cli/scan/examiner.ts";
import { Fixer } from "../../../cli/scan/fixer.ts";
import { rewrite } from "../../../cli/scan/rewrite.ts";
import type { AuditEvent } from "../../../shared/event.ts";
import { DirectoryLake } from "../../../shared/lake/directory.ts";
import { eventsDigest, parseObjectName } from "../../../shared/lake/object-name.ts";
import type { Lake } from "../../../shared/lake/sink.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { eventsOf, filesBelow, run, scratchFolder } from "../capture.ts";
import { CANARY, CANARY_BASE64, leakyLake, ndjson, secretEvent } from "./leaky-lake.ts";

const folder = scratchFolder();
let serial = 0;
const fresh = (): string => join(folder, `lake-${serial++}`);
const textOf = (lake: string, path: string): string => gunzipSync(readFileSync(join(lake, path))).toString();
const idsOf = (lake: string): string[] => eventsOf(lake).map(({ ingest }) => ingest.eventId);

afterEach(() => vi.unstubAllEnvs());

describe("scan --fix", () => {
  it("rewrites the objects that leak and no others, and leaves the lake clean", async () => {
    const lake = await leakyLake(fresh());
    const paths = filesBelow(lake);
    const before = new Map(paths.map((path) => [path, readFileSync(join(lake, path))]));
    const ids = idsOf(lake);
    const { code, stdout, stderr } = await run("scan", "--fix", "--format", "json", "--lake", lake);
    expect(code).toBe(0);
    const [eleven, twelve] = paths.filter((path) => /hour=1[12]/.test(path));
    const result = JSON.parse(stdout);
    expect(Object.keys(result)).toEqual(["scanned", "leaks", "rewritten"]);
    expect(result.leaks.map(({ object, fixed }: { object: string; fixed: boolean }) => [object, fixed])).toEqual([
      [eleven, true],
      [eleven, true],
      [twelve, true],
    ]);
    expect(result.rewritten).toEqual([
      { object: eleven, events: 10, redactions: 2 },
      { object: twelve, events: 10, redactions: 1 },
    ]);
    expect(stderr).toContain(`rewritten: ${eleven} (2 redactions, 10 events)\n`);
    expect(stderr).toContain("40 records in 4 objects: 3 leaks, 3 of them taken out\n");

    expect(filesBelow(lake)).toEqual(paths);
    expect(idsOf(lake)).toEqual(ids);
    for (const path of paths) {
      if (path !== eleven && path !== twelve) expect(readFileSync(join(lake, path))).toEqual(before.get(path));
      expect(textOf(lake, path)).not.toContain(CANARY);
      expect(textOf(lake, path)).not.toContain(CANARY_BASE64);
      const name = parseObjectName(path.split("/").at(-1)!)!;
      const inside = textOf(lake, path)
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as AuditEvent).ingest.eventId);
      expect(name).toMatchObject({ count: inside.length, digest: eventsDigest(inside) });
    }
    const leaky = JSON.parse(textOf(lake, eleven!).split("\n")[0]!) as AuditEvent;
    expect(leaky.ingest.redactions).toEqual([{ path: "/requestObject/data/password", rule: "secret.data" }]);
    expect((await run("scan", "--lake", lake)).code).toBe(0);
  });

  it("does nothing more when it is run again", async () => {
    const lake = await leakyLake(fresh());
    await run("scan", "--fix", "--lake", lake);
    const before = filesBelow(lake).map((path) => readFileSync(join(lake, path)));
    const { code, stdout } = await run("scan", "--fix", "--format", "json", "--lake", lake);
    expect({ code, result: JSON.parse(stdout) }).toEqual({
      code: 0,
      result: { scanned: 40, leaks: [], rewritten: [] },
    });
    expect(filesBelow(lake).map((path) => readFileSync(join(lake, path)))).toEqual(before);
  });

  it("adds to the redactions that were there, with fingerprints when there is a key", async () => {
    const lake = await leakyLake(fresh());
    const [path] = filesBelow(lake).filter((name) => name.includes("hour=11"));
    const old = { path: "/annotations/x", rule: "jwt", fp: "0:00" };
    const lines = textOf(lake, path!).trimEnd().split("\n");
    const first = JSON.parse(lines[0]!) as AuditEvent;
    first.ingest.redactions = [old];
    writeFileSync(join(lake, path!), gzipSync(ndjson([first, ...lines.slice(1).map((line) => JSON.parse(line))])));
    vi.stubEnv("CLUSTERTRAIL_FINGERPRINT_KEY", "00112233445566778899aabbccddeeff");
    expect((await run("scan", "--fix", "--lake", lake)).code).toBe(0);
    const after = JSON.parse(textOf(lake, path!).split("\n")[0]!) as AuditEvent;
    expect(after.ingest.redactions).toEqual([
      old,
      { path: "/requestObject/data/password", rule: "secret.data", fp: expect.stringMatching(/^1:[0-9a-f]{32}$/) },
    ]);
  });

  it("shows in every format what was fixed", async () => {
    const table = await run("scan", "--fix", "--lake", await leakyLake(fresh()));
    expect(table.stdout.split("\n")[0]).toMatch(/^object +line +path +rule +fixed$/);
    const csv = await run("scan", "--fix", "--format", "csv", "--lake", await leakyLake(fresh()));
    expect(csv.stdout.split("\r\n")[0]).toBe("object,line,path,rule,fixed");
    expect(csv.stdout).toContain("secret.data,true");
  });

  it("leaves alone what it cannot rewrite faithfully, says why, and ends with 1", async () => {
    const lake = await leakyLake(fresh());
    const path = "events/v1/copied/by-hand.ndjson";
    mkdirSync(dirname(join(lake, path)), { recursive: true });
    writeFileSync(join(lake, path), ndjson([secretEvent(99)]));
    const { code, stdout, stderr } = await run("scan", "--fix", "--format", "json", "--lake", lake);
    expect(code).toBe(1);
    const left = JSON.parse(stdout).leaks.filter(({ fixed }: { fixed: boolean }) => !fixed);
    expect(left.map(({ object }: { object: string }) => object)).toEqual([path]);
    expect(stderr).toContain(`not rewritten: ${path}: line 1 is not an event that this lake's pipeline wrote`);
    expect(stderr).toContain("4 leaks, 3 of them taken out");
    expect(readFileSync(join(lake, path), "utf8")).toContain(CANARY_BASE64);
  });

  it("leaves a damaged object alone", async () => {
    const lake = await leakyLake(fresh());
    const [path] = filesBelow(lake).filter((name) => name.includes("hour=12"));
    const whole = readFileSync(join(lake, path!));
    const damaged = gzipSync(gunzipSync(whole), { level: 0 }).subarray(0, -10);
    writeFileSync(join(lake, path!), damaged);
    const { code, stderr } = await run("scan", "--fix", "--lake", lake);
    expect(code).toBe(1);
    expect(stderr).toContain(`not rewritten: ${path}: the gzip data ends before its end mark`);
    expect(readFileSync(join(lake, path!))).toEqual(damaged);
  });

  it("says when the lake refuses, and leaves the object", async () => {
    const directory = await leakyLake(fresh());
    const [key] = filesBelow(directory).filter((name) => name.includes("hour=12"));
    const lake: Lake = new DirectoryLake(directory);
    lake.replace = async () => {
      throw new StorageError("lake x: cannot replace it: the disk or quota is full", { retryable: true });
    };
    const redaction = await plainRedaction();
    const fixer = new Fixer(lake, redaction, new Examiner(redaction, () => {}));
    expect(await fixer.fix(key!, await lake.get(key!))).toBe(false);
    expect(fixer.failed).toEqual([{ object: key, reason: "lake x: cannot replace it: the disk or quota is full" }]);
  });

  it("does not take its own word for it: a result that still leaks is not written", async () => {
    const directory = await leakyLake(fresh());
    const [key] = filesBelow(directory).filter((name) => name.includes("hour=12"));
    const redaction = await plainRedaction();
    const stricter = new Examiner({ ...redaction, findLeak: () => ({ rule: "jwt" }) }, () => {});
    await expect(rewrite(await new DirectoryLake(directory).get(key!), redaction, stricter)).rejects.toThrow(
      "line 1 still shows a secret after redaction",
    );
  });

  it("removes query's local copy of an object of a remote lake", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
    const directory = await leakyLake(fresh());
    const [key] = filesBelow(directory).filter((name) => name.includes("hour=12"));
    const local = new DirectoryLake(directory);
    const remote: Lake = {
      url: "s3://audit-lake/trail",
      get: (name) => local.get(name),
      put: (name, body) => local.put(name, body),
      replace: (name, body) => local.replace(name, body),
      list: (prefix) => local.list(prefix),
      folders: (prefix) => local.folders(prefix),
    };
    const copy = join(cacheFolder(remote.url), key!);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, await local.get(key!));
    const redaction = await plainRedaction();
    expect(await new Fixer(remote, redaction, new Examiner(redaction, () => {})).fix(key!, await local.get(key!))).toBe(
      true,
    );
    expect(filesBelow(join(folder, "cache"))).toEqual([]);
  });
});

function plainRedaction() {
  const io = { stdout: { write: () => true }, stderr: { write: () => true }, isTTY: false };
  return redactorFromFlags({ values: {}, positionals: [] }, io, {});
}
