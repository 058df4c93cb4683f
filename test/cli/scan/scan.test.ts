import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { main } from "../../../cli/main.ts";
import { document, payload } from "../../functions/eks/envelopes.ts";
import { filesBelow, run, runIngest, scratchFolder } from "../capture.ts";
import {
  auditEvent,
  CANARY,
  CANARY_BASE64,
  execEvent,
  leakyLake,
  ndjson,
  secretEvent,
  storeUnredacted,
  writeInput,
} from "./leaky-lake.ts";

const folder = scratchFolder();
let serial = 0;
const fresh = (): string => join(folder, `lake-${serial++}`);
const input = (text: string | Uint8Array, name = `in-${serial++}.log`): string => writeInput(folder, name, text);

interface Leak {
  object: string;
  line: number;
  path: string;
  rule: string;
}

async function scanJson(...argv: string[]) {
  const captured = await run("scan", "--format", "json", ...argv);
  return { ...captured, result: JSON.parse(captured.stdout) as { scanned: number; leaks: Leak[] } };
}

const SECRET = { path: "/requestObject/data/password", rule: "secret.data" };

describe("scan of a lake", () => {
  it("names what leaked by object, line, path and rule, and ends with 1", async () => {
    const lake = await leakyLake(fresh());
    const { code, stdout, stderr, result } = await scanJson("--lake", lake);
    expect(code).toBe(1);
    expect(Object.keys(result)).toEqual(["scanned", "leaks"]);
    expect(result.scanned).toBe(40);
    const [eleven, twelve] = filesBelow(lake).filter((path) => /hour=1[12]/.test(path));
    expect(result.leaks).toEqual([
      { object: eleven, line: 1, ...SECRET },
      { object: eleven, line: 6, path: "/requestURI", rule: expect.any(String) },
      { object: twelve, line: 1, ...SECRET },
    ]);
    expect(Object.keys(result.leaks[0]!)).toEqual(["object", "line", "path", "rule"]);
    expect(stderr).toBe("40 records in 4 objects: 3 leaks\n");
    expect(stdout + stderr).not.toContain(CANARY);
    expect(stdout + stderr).not.toContain(CANARY_BASE64);
  });

  it("changes nothing", async () => {
    const lake = await leakyLake(fresh());
    const before = filesBelow(lake).map((path) => readFileSync(join(lake, path)));
    await run("scan", "--lake", lake);
    expect(filesBelow(lake).map((path) => readFileSync(join(lake, path)))).toEqual(before);
  });

  it("finds nothing in what ingest wrote", async () => {
    const lake = fresh();
    await runIngest(lake, "--cluster", "lab", input(ndjson([auditEvent(1), secretEvent(2), auditEvent(3)])));
    const { code, result, stderr } = await scanJson("--lake", lake);
    expect({ code, result }).toEqual({ code: 0, result: { scanned: 3, leaks: [] } });
    expect(stderr).toBe("3 records in 1 object: no leaks\n");
  });

  it("reads what the window and the cluster select", async () => {
    const lake = await leakyLake(fresh());
    const of = async (...flags: string[]) => {
      const { result } = await scanJson("--lake", lake, ...flags);
      return [result.scanned, result.leaks.length];
    };
    expect(await of("--from", "2026-11-22T12:00:00Z")).toEqual([20, 1]);
    expect(await of("--to", "2026-11-22T11:00:00Z")).toEqual([10, 0]);
    expect(await of("--cluster", "lab")).toEqual([40, 3]);
    expect(await of("--cluster", "prod")).toEqual([0, 0]);
    expect(await of("--provider", "eks")).toEqual([0, 0]);
    const { code, stderr } = await run("scan", "--lake", lake, "--from", "yesterday");
    expect(code).toBe(2);
    expect(stderr).toContain("from takes a date");
  });

  it("prints rows as table, ndjson and csv", async () => {
    const lake = await leakyLake(fresh());
    const { result } = await scanJson("--lake", lake);
    const lines = (await run("scan", "--format", "ndjson", "--lake", lake)).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(result.leaks);
    const csv = (await run("scan", "--format", "csv", "--lake", lake)).stdout.trimEnd().split("\r\n");
    expect(csv[0]).toBe("object,line,path,rule");
    expect(csv[1]).toBe(`${result.leaks[0]!.object},1,/requestObject/data/password,secret.data`);
    const table = await run("scan", "--lake", lake);
    expect(table.code).toBe(1);
    expect(table.stdout.split("\n")[2]).toMatch(/ 1 +\/requestObject\/data\/password +secret\.data$/);
  });

  it("looks into files that are not of the lake's layout, unless a window leaves them out", async () => {
    const lake = await leakyLake(fresh());
    const [last] = filesBelow(lake).filter((path) => path.includes("hour=13"));
    const copies = ["events/v1/copied/by-hand.ndjson", `${dirname(last!)}/copy.ndjson`];
    for (const copy of copies) {
      mkdirSync(dirname(join(lake, copy)), { recursive: true });
      writeFileSync(join(lake, copy), ndjson([secretEvent(99)]));
    }
    const { result } = await scanJson("--lake", lake);
    for (const object of copies) expect(result.leaks).toContainEqual({ object, line: 1, ...SECRET });
    const windowed = await scanJson("--lake", lake, "--from", "2026-11-22T13:00:00Z");
    expect(windowed.result.leaks).toEqual([]);
    expect(windowed.stderr).toContain(
      "note: 1 files under events/v1/ are not of the lake's layout and were not scanned",
    );
  });

  it("ends with 3 when something cannot be read, and says which; with 1 when the rest leaks", async () => {
    const lake = fresh();
    await storeUnredacted(
      lake,
      [...Array(20).keys()].map((n) => auditEvent(n)),
    );
    const [first] = filesBelow(lake).filter((path) => path.startsWith("events/"));
    const whole = readFileSync(join(lake, first!));
    writeFileSync(join(lake, first!), whole.subarray(0, whole.length - 12));
    const damaged = await scanJson("--lake", lake);
    expect(damaged.code).toBe(3);
    expect(damaged.stderr).toContain(`unreadable: ${first}: truncated-gzip: the gzip data ends before its end mark`);
    expect(damaged.stderr).toContain("1 could not be read and may hold more");
    await storeUnredacted(lake, [secretEvent(30)]);
    expect((await scanJson("--lake", lake)).code).toBe(1);
  });

  it("finds in a line what parsing it hides", async () => {
    const lake = await leakyLake(fresh());
    const [first] = filesBelow(lake).filter((path) => path.includes("hour=10"));
    const text = gunzipSync(readFileSync(join(lake, first!))).toString();
    const key = `-----BEGIN PRIVATE KEY-----${CANARY}`;
    const doubled = text.replace('"verb":"get"', `"verb":${JSON.stringify(key)},"verb":"get"`);
    writeFileSync(join(lake, first!), gzipSync(doubled));
    const { result } = await scanJson("--lake", lake, "--to", "2026-11-22T11:00:00Z");
    expect(result.leaks).toEqual([{ object: first, line: 1, path: "", rule: "private-key" }]);
  });

  it("says that there is nothing in a lake that is not there", async () => {
    const { code, result } = await scanJson("--lake", fresh());
    expect({ code, result }).toEqual({ code: 0, result: { scanned: 0, leaks: [] } });
    const file = input("a file");
    const blocked = await run("scan", "--lake", file);
    expect(blocked.code).toBe(3);
    expect(blocked.stderr).toContain("a file stands where a folder is needed");
  });
});

describe("scan of files", () => {
  it("finds leaks in native events, gzip or not, lists and forwarders' records", async () => {
    const forms: [string | Uint8Array, number, string][] = [
      [ndjson([auditEvent(1), secretEvent(2)]), 2, ""],
      [gzipSync(ndjson([auditEvent(1), secretEvent(2)])), 2, ""],
      [JSON.stringify({ kind: "EventList", items: [auditEvent(1), secretEvent(2)] }), 1, "/items/1"],
      [`[${JSON.stringify(auditEvent(1))},\n${JSON.stringify(secretEvent(2))}]`, 2, ""],
      [ndjson([auditEvent(1), { message: JSON.stringify(secretEvent(2)) }]), 2, ""],
    ];
    for (const [body, line, at] of forms) {
      const path = input(body);
      const { code, result } = await scanJson(path);
      expect({ code, result }).toEqual({
        code: 1,
        result: { scanned: 2, leaks: [{ object: path, line, path: at + SECRET.path, rule: SECRET.rule }] },
      });
    }
  });

  it("finds leaks in cloud envelopes, by the event inside", async () => {
    const message = {
      id: "31",
      timestamp: Date.parse("2026-11-22T10:00:04Z"),
      message: JSON.stringify(secretEvent(2)),
    };
    const path = input(JSON.stringify(payload(document([message]))));
    const { code, result } = await scanJson(path);
    expect(code).toBe(1);
    expect(result.leaks).toEqual([{ object: path, line: 1, ...SECRET }]);
  });

  it("looks at what is no event as plain JSON or text, and says so", async () => {
    const path = input(
      [
        JSON.stringify({ kind: "Secret", data: { a: CANARY_BASE64 } }),
        `I1122 01:02:03.456789 1 x.go:1] login with --password ${CANARY} failed`,
        JSON.stringify({ level: "info", msg: "nothing here" }),
        `{"kind":"Event","auditID":"x","requestObject":{"note":"token=${CANARY}`,
      ].join("\n"),
    );
    const { code, result, stderr } = await scanJson(path);
    expect(code).toBe(1);
    expect(result.scanned).toBe(4);
    expect(result.leaks.map(({ line, path, rule }) => [line, path, rule])).toEqual([
      [1, "/data/a", "secret.data"],
      [2, "", "named-secret"],
      [4, "", "named-secret"],
    ]);
    expect(stderr).toMatch(/note: 4 records are no audit events \(.*\): looked at as plain JSON or text/);
    expect(stderr).not.toContain("c4n4ry");
  });

  it("finds what stands in the keys of a lake's header", async () => {
    const { result } = await scanJson(input(ndjson([auditEvent(1, { cluster: { name: `password=${CANARY}` } })])));
    expect(result.leaks.map(({ path, rule }) => [path, rule])).toEqual([["/cluster/name", "named-secret"]]);
  });

  it("finds nothing in what redact wrote", async () => {
    const redacted = await run("redact", input(ndjson([secretEvent(1), auditEvent(2)])));
    expect((await scanJson(input(redacted.stdout))).result).toEqual({ scanned: 2, leaks: [] });
  });

  it("names files that cannot be read", async () => {
    const { code, stderr } = await scanJson(join(folder, "none.log"), input(ndjson([auditEvent(1)])));
    expect(code).toBe(3);
    expect(stderr).toContain("none.log: unreadable: cannot be read: there is no such file");
    expect(stderr).toContain("1 records in 2 files: no leaks");
    const bytes = await scanJson(input(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d, 0x0a])));
    expect(bytes.code).toBe(3);
    expect(bytes.stderr).toContain("line 1: invalid-utf8");
  });

  it.each([
    [[], "nothing to scan"],
    [["--lake", "./lake", "a.log"], "a lake or files, not both"],
    [["--fix", "a.log"], "for files use: clustertrail redact"],
    [["--cluster", "x", "a.log"], "--cluster selects parts of a lake"],
    [["--lake", "lake"], "for a folder here write ./lake"],
  ])("is called wrongly with %j", async (argv, words) => {
    const { code, stderr } = await run("scan", ...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it("explains itself", async () => {
    const { stdout } = await run("scan", "--help");
    for (const words of ["--fix", "noncurrent versions", "Exit codes", "--from"]) expect(stdout).toContain(words);
  });

  it("gives a terminal no progress for quick work", async () => {
    let stderr = "";
    const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (stderr += text) }, isTTY: true };
    expect(await main(["scan", execPath()], io)).toBe(1);
    expect(stderr).not.toContain("\r");
  });
});

function execPath(): string {
  return input(ndjson([execEvent(1)]));
}
