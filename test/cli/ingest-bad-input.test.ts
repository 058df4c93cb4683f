import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { accounted, eventsOf, quarantineOf, runIngest, scratchFolder } from "./capture.ts";

/** One good event; `n` makes it another one. */
const good = (n: number, extra: object = {}) =>
  JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/shop/pods",
    verb: "create",
    user: { username: "alice@example.com" },
    objectRef: { resource: "pods", namespace: "shop", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 201 },
    requestReceivedTimestamp: "2026-11-22T01:02:03.400000Z",
    stageTimestamp: "2026-11-22T01:02:03.456789Z",
    ...extra,
  });

const folder = scratchFolder();
let files = 0;

function file(content: string | Uint8Array): string {
  const path = join(folder, `input-${files++}.json`);
  writeFileSync(path, content);
  return path;
}

async function ingestFile(content: string | Uint8Array, ...flags: string[]) {
  const path = file(content);
  const lake = join(folder, `lake-${files++}`);
  const result = await runIngest(
    lake,
    ...(flags.length > 0 ? flags : ["--source", "kubernetes", "--cluster", "lab"]),
    path,
  );
  expect(accounted(result.report)).toBe(true);
  return { ...result, path, lake };
}

describe("input that is bad in part: the good records are stored, the bad ones named, exit code 3", () => {
  const torn = gzipSync(`${Array.from({ length: 2000 }, (_, i) => good(i)).join("\n")}\n`);
  const cases: [
    name: string,
    content: string | Uint8Array,
    stored: number,
    quarantined: Record<string, number>,
    message: RegExp,
  ][] = [
    [
      "NUL bytes",
      Buffer.concat([Buffer.alloc(100), Buffer.from(`${good(1)}\n${good(2)}\n`)]),
      2,
      { "not-json": 1 },
      /record 1 \(line 1\): quarantined, not-json: NUL bytes/,
    ],
    [
      "invalid UTF-8",
      Buffer.concat([
        Buffer.from(`${good(1)}\n{"auditID":"`),
        Buffer.from([0xc3, 0x28]),
        Buffer.from(`"}\n${good(2)}\n`),
      ]),
      2,
      { "invalid-utf8": 1 },
      /record 2 \(line 2\): quarantined, invalid-utf8/,
    ],
    [
      "a line that is not JSON",
      `${good(1)}\nnot an event\n${good(2)}\n`,
      2,
      { "not-json": 1 },
      /record 2 \(line 2\): quarantined, not-json/,
    ],
    [
      "an object that is not an event",
      `${good(1)}\n{"hello":"world"}\n`,
      1,
      { "not-an-event": 1 },
      /record 2 \(line 2\): quarantined, not-an-event/,
    ],
    [
      "a record of another provider under a wrong --source",
      `${good(1)}\n{"protoPayload":{"serviceName":"k8s.io"},"logName":"x","insertId":"y"}\n`,
      1,
      { "wrong-source": 1 },
      /record 2 .*wrong-source.*gke/,
    ],
    [
      "a line over the cap",
      `${good(1)}\n{"auditID":"${"x".repeat(65 * 1024 * 1024)}"}\n${good(2)}\n`,
      2,
      { "too-large": 1 },
      /record 2 .*too-large/,
    ],
    [
      "bytes that only look like gzip",
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from("garbage garbage garbage")]),
      0,
      { "bad-gzip": 1 },
      /quarantined, bad-gzip/,
    ],
  ];
  for (const [name, content, stored, quarantined, message] of cases) {
    it(name, async () => {
      const { code, report, stderr, path, lake } = await ingestFile(content);
      expect(report.quarantined).toEqual(quarantined);
      expect(report.stored).toBe(stored);
      expect(eventsOf(lake).length).toBe(stored);
      expect(code).toBe(3);
      expect(stderr).toContain(path);
      expect(stderr).toMatch(message);
    });
  }

  it("a truncated gzip file: what could be unpacked is stored", async () => {
    const { code, report, stderr, lake } = await ingestFile(torn.subarray(0, Math.floor(torn.length * 0.7)));
    expect(code).toBe(3);
    expect(report.quarantined["truncated-gzip"]).toBe(1);
    expect(report.stored).toBeGreaterThan(500);
    expect(eventsOf(lake).length).toBe(report.stored);
    expect(stderr).toMatch(/quarantined, truncated-gzip: .*cut/);
  });

  it("trailing garbage and damage in a gzip file: every event before it is stored", async () => {
    const garbage = await ingestFile(Buffer.concat([torn, Buffer.from("trash behind the end")]));
    expect(garbage.report.stored).toBe(2000);
    expect(garbage.report.quarantined).toEqual({ "bad-gzip": 1 });
    const damaged = Buffer.from(torn);
    damaged.fill(0xff, Math.floor(torn.length / 2), Math.floor(torn.length / 2) + 64);
    const { report } = await ingestFile(damaged);
    expect(report.stored).toBeGreaterThan(800);
    expect(report.quarantined["bad-gzip"]).toBe(1);
  });

  it("a pipe under a name is read once, to its end", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writer = writeFile(pipe, `${good(1)}\n${good(2)}\n`);
    const { report } = await runIngest(join(folder, `lake-${files++}`), pipe);
    await writer;
    expect(report.stored).toBe(2);
  });

  it("a folder with links in a circle and a FIFO is read once", async () => {
    const inputs = join(folder, "circle");
    mkdirSync(inputs);
    writeFileSync(join(inputs, "a.json"), good(1));
    symlinkSync(".", join(inputs, "again"));
    symlinkSync("a.json", join(inputs, "b.json"));
    execFileSync("mkfifo", [join(inputs, "fifo")]);
    const { report } = await runIngest(join(folder, `lake-${files++}`), inputs);
    expect(report).toMatchObject({ received: 2, stored: 1, alreadyStored: 1 });
  });

  it("a gzip bomb is not read to its end", async () => {
    const bomb = gzipSync(Buffer.alloc(600 * 1024 * 1024, 0x20 + 1), { level: 9 });
    const { code, report } = await ingestFile(Buffer.concat([gzipSync(`${good(1)}\n`), bomb]));
    expect(code).toBe(3);
    expect(report.stored).toBe(1);
    expect(report.quarantined["gzip-bomb"]).toBe(1);
    expect(report.bytesIn).toBeLessThan(300 * 1024 * 1024);
  });

  it("a bomb in a CloudWatch payload", async () => {
    const data = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 }).toString("base64");
    const { code, report, stderr } = await ingestFile(JSON.stringify({ awslogs: { data } }), "--source", "eks");
    expect(code).toBe(3);
    expect(report.quarantined).toEqual({ "gzip-bomb": 1 });
    expect(stderr).toMatch(/gzip-bomb: .*unpacks to more than/);
  });

  it("a missing and an unreadable file among good ones", async () => {
    const lake = join(folder, `lake-${files++}`);
    const missing = join(folder, "no-such-file.json");
    const { code, report, stderr } = await runIngest(
      lake,
      "--source",
      "kubernetes",
      file(good(1)),
      missing,
      file(good(2)),
    );
    expect(code).toBe(3);
    expect(report.stored).toBe(2);
    expect(report.quarantined).toEqual({ unreadable: 1 });
    expect(stderr).toContain(`${missing}: quarantined, unreadable: cannot be read: there is no such file`);
  });

  it("no message quotes a record", async () => {
    const { stderr, stdout } = await ingestFile(`c4n4ry-in-text\n{"c4n4ry":"x\n{"c4n4ry":1}\n${good(1)}\n`);
    expect(stderr + stdout).not.toContain("c4n4ry");
  });

  it("raw bytes are in quarantine, whole", async () => {
    const { lake } = await ingestFile(`${good(1)}\nnot an event\n`);
    const [record] = quarantineOf(lake);
    expect(record).toMatchObject({ reason: "not-json", record: 2 });
    expect(Buffer.from(record!.raw, "base64").toString()).toBe("not an event");
  });
});

describe("odd input that is all good: exit code 0", () => {
  const cases: [name: string, content: string | Uint8Array, stored: number][] = [
    ["an empty file", "", 0],
    ["white space", "\r\n \n", 0],
    ["a byte order mark", `\uFEFF${good(1)}\n`, 1],
    ["CRLF", `${good(1)}\r\n${good(2)}\r\n`, 2],
    ["no newline at the end", `${good(1)}\n${good(2)}`, 2],
    [
      "a 20 MB line",
      `${good(1, { requestObject: { kind: "Pod", note: "y".repeat(20 * 1024 * 1024) } })}\n${good(2)}\n`,
      2,
    ],
    ["duplicate keys", `{"auditID":"first",${good(1).slice(1)}`, 1],
    ["__proto__ keys", good(1).replace('"kind"', '"__proto__":{"polluted":true},"kind"'), 1],
    ["numbers beyond 2^53", good(1, { n: 1 }).replace('"n":1', '"n":12345678901234567890'), 1],
    ["lone surrogates", good(1).replace("alice", "\\ud800"), 1],
    [
      "10,000-deep nesting",
      good(1, { requestObject: "DEEP" }).replace('"DEEP"', `${"[".repeat(10_000)}${"]".repeat(10_000)}`),
      1,
    ],
    ["several gzip members", Buffer.concat([gzipSync(`${good(1)}\n`), gzipSync(`${good(2)}\n`)]), 2],
  ];
  for (const [name, content, stored] of cases) {
    it(name, async () => {
      const { code, report, lake, stderr } = await ingestFile(content);
      expect([code, report.stored, report.quarantined]).toEqual([0, stored, {}]);
      expect(stored === 0 ? 0 : eventsOf(lake).length).toBe(stored);
      expect(stderr).toBe("");
    });
  }

  it("keeps what JSON allows: the last of duplicate keys, __proto__, digits, surrogates", async () => {
    const text = good(1, { n: 1 })
      .replace('"n":1', '"n":12345678901234567890,"s":"\\ud800","__proto__":{"x":1},"n2":1.5')
      .replace('"verb":"create"', '"verb":"get","verb":"create"');
    const { lake } = await ingestFile(text);
    const [event] = eventsOf(lake);
    expect(event!["verb"]).toBe("create");
    expect(event!["s"]).toBe("\ud800");
    expect(Object.hasOwn(event!, "__proto__")).toBe(true);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("stores an event with 10,000-deep nesting without its body, and says so", async () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    const { lake, report } = await ingestFile(good(1, { requestObject: "DEEP" }).replace('"DEEP"', deep));
    const [event] = eventsOf(lake);
    expect(event!["verb"]).toBe("create");
    expect(typeof event!["requestObject"]).toBe("string");
    expect(event!.ingest.redactions?.some(({ rule }) => rule.startsWith("fail-closed"))).toBe(true);
    expect(report.failedClosed).toBe(1);
  });
});

describe("the lake", () => {
  it("takes two ingests of the same file at once, and stores nothing twice", async () => {
    const path = file(Array.from({ length: 500 }, (_, i) => good(i)).join("\n"));
    const lake = join(folder, `lake-${files++}`);
    const both = await Promise.all([1, 2].map(() => runIngest(lake, "--source", "kubernetes", path)));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.reduce((sum, { report }) => sum + report.stored, 0)).toBe(500);
    expect(both.reduce((sum, { report }) => sum + report.alreadyStored, 0)).toBe(500);
    expect(eventsOf(lake).length).toBe(500);
    expect((await runIngest(lake, "--source", "kubernetes", path)).report).toMatchObject({
      stored: 0,
      alreadyStored: 500,
    });
  });

  it("says what is wrong when it cannot be written, and what to do", async () => {
    // A file where the folder should be: root, whom CI runs as, may write into any read-only folder.
    const notAFolder = file("x");
    const { code, report, stderr } = await runIngest(join(notAFolder, "lake"), "--source", "kubernetes", file(good(1)));
    expect(code).toBe(3);
    expect(report.stored).toBe(0);
    expect(stderr).toContain("lake");
    expect(stderr).toContain("run the same command");
  });

  it("reads folders, in name order", async () => {
    const inputs = join(folder, "inputs");
    mkdirSync(join(inputs, "sub"), { recursive: true });
    writeFileSync(join(inputs, "b.json"), good(2));
    writeFileSync(join(inputs, "sub", "a.json"), good(3));
    const { report } = await runIngest(join(folder, `lake-${files++}`), inputs);
    expect(report.stored).toBe(2);
  });
});
