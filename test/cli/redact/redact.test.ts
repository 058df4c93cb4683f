import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { main } from "../../../cli/main.ts";
import { filesBelow, run, runIngest, scratchFolder } from "../capture.ts";
import {
  auditEvent,
  CANARY,
  CANARY_BASE64,
  execEvent,
  leakyLake,
  ndjson,
  secretEvent,
  writeInput,
} from "../scan/leaky-lake.ts";

const folder = scratchFolder();
const MARKER = "[REDACTED:secret.data]";

type Json = Record<string, unknown>;
const linesOf = (text: string): Json[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Json);
const idOf = (event: Json) => event["auditID"];

let serial = 0;
const input = (text: string | Uint8Array): string => writeInput(folder, `in-${serial++}.log`, text);

describe("redact", () => {
  const events = [auditEvent(1), secretEvent(2), execEvent(3), auditEvent(4)];
  const expected = events.map(idOf);

  it("writes native events one a line, in order, redacted and otherwise as they came", async () => {
    const { code, stdout, stderr } = await run("redact", input(ndjson(events)));
    const out = linesOf(stdout);
    expect(out.map(idOf)).toEqual(expected);
    expect(out[0]).toEqual(events[0]);
    expect(JSON.stringify(out[1])).toBe(JSON.stringify(events[1]).replace(CANARY_BASE64, MARKER));
    expect(out[2]!["requestURI"]).toMatch(/command=mysql&command=--password/);
    expect(stdout).not.toContain(CANARY);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  const forms: [string, string | Uint8Array][] = [
    ["gzip", gzipSync(ndjson(events))],
    ["an EventList", JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items: events })],
    ["a pretty-printed array", JSON.stringify(events, null, 2)],
    ["Vector's records", ndjson(events.map((event) => ({ message: JSON.stringify(event), host: "node-1" })))],
    ["Fluent Bit's records", ndjson(events.map((event) => ({ date: 1_763_773_323.4, log: event })))],
    ["CRLF and a byte order mark", `\uFEFF${ndjson(events).replaceAll("\n", "\r\n")}`],
  ];
  it.each(forms)("takes %s", async (_name, body) => {
    const { code, stdout } = await run("redact", input(body));
    expect(linesOf(stdout).map(idOf)).toEqual(expected);
    expect(stdout).toContain(MARKER);
    expect(stdout).not.toContain(CANARY);
    expect(code).toBe(0);
  });

  it("keeps numbers digit for digit", async () => {
    const line = JSON.stringify(auditEvent(1, { requestObject: { spec: { n: 1, big: 0 } } })).replace(
      '"big":0',
      '"big":12345678901234567890123',
    );
    expect((await run("redact", input(`${line}\n`))).stdout).toBe(`${line}\n`);
  });

  it("reads the keys that only a lake's line may keep", async () => {
    const event = auditEvent(1, {
      time: `password=${CANARY}`,
      cluster: { kubeconfig: CANARY, name: "lab" },
      ingest: { eventId: `token: ${CANARY}` },
      cloud: { region: "eu-west-1" },
    });
    const { code, stdout } = await run("redact", input(ndjson([event])));
    const [out] = linesOf(stdout);
    expect(Object.keys(out!)).toEqual(Object.keys(event));
    expect(out).toMatchObject({ cluster: { name: "lab" }, cloud: { region: "eu-west-1" } });
    expect(stdout).not.toContain(CANARY);
    expect(code).toBe(0);
  });

  it("withholds what it cannot read, says where and why, never what", async () => {
    const cut = JSON.stringify(secretEvent(9)).slice(0, -90);
    const path = input(
      [
        JSON.stringify(events[0]),
        cut,
        "I1122 01:02:03.456789 1 controller.go:611] password=c4n4ry-klog",
        JSON.stringify({ hello: CANARY }),
        JSON.stringify({ message: `{"kind":"Event","auditID":"${CANARY}` }),
        JSON.stringify({ awslogs: { data: CANARY_BASE64 } }),
        '{"a":'.repeat(2000),
        JSON.stringify(events[3]),
      ].join("\n"),
    );
    const { code, stdout, stderr } = await run("redact", path);
    expect(code).toBe(3);
    expect(linesOf(stdout).map(idOf)).toEqual([expected[0], expected[3]]);
    expect(stderr).toContain(`${path}: record 2 (line 2): not passed through, not-json`);
    expect(stderr).toContain("record 3 (line 3): not passed through, klog");
    expect(stderr).toContain("record 4 (line 4): not passed through, not-an-event");
    expect(stderr).toContain("record 5 (line 5): not passed through, not-json: it is cut or damaged");
    expect(stderr).toContain("record 7 (line 7): not passed through, too-deep");
    expect(stderr).toContain("record 6 (line 6): not passed through, wrong-source: a cloud provider's envelope");
    expect(stderr).toMatch(/2 events, 0 redactions; 6 not passed through \(/);
    expect(stdout + stderr).not.toContain("c4n4ry");
    expect(stdout + stderr).not.toContain(CANARY_BASE64);
  });

  it("names an element of a list that is no event", async () => {
    const { code, stdout, stderr } = await run(
      "redact",
      input(JSON.stringify({ kind: "EventList", items: [events[0], { note: CANARY }, events[3]] })),
    );
    expect(linesOf(stdout).map(idOf)).toEqual([expected[0], expected[3]]);
    expect(stderr).toContain("record 1 (line 1), /items/1: not passed through, not-an-event");
    expect(stderr).not.toContain(CANARY);
    expect(code).toBe(3);
  });

  it("says nothing of an empty list or file, and passes nothing", async () => {
    for (const body of ["", "[]", '{"kind":"EventList","items":[]}']) {
      expect(await run("redact", input(body))).toEqual({ code: 0, stdout: "", stderr: "" });
    }
  });

  it("names inputs that break, and writes what came before", async () => {
    const whole = gzipSync(ndjson(Array.from({ length: 2000 }, (_, n) => secretEvent(n))));
    const cut = await run("redact", input(whole.subarray(0, whole.length - 20)));
    expect(cut.code).toBe(3);
    expect(cut.stderr).toContain("truncated-gzip");
    expect(linesOf(cut.stdout).length).toBeGreaterThan(0);
    const none = await run("redact", join(folder, "none.log"), input(ndjson(events)));
    expect(none.code).toBe(3);
    expect(none.stderr).toContain(`none.log: not passed through, unreadable: cannot be read: there is no such file`);
    expect(linesOf(none.stdout).map(idOf)).toEqual(expected);
  });

  it("names twenty and counts the rest, unless asked for all", async () => {
    const path = input("not JSON\n".repeat(30));
    const short = await run("redact", path);
    expect(short.stderr.split("\n").filter((line) => line.includes("record")).length).toBe(20);
    expect(short.stderr).toContain("30 not passed through (30 not-json); --verbose names them all");
    const long = await run("redact", "--verbose", path);
    expect(long.stderr.split("\n").filter((line) => line.includes("record")).length).toBe(30);
  });

  it("replaces what is nested too deep and passes the rest", async () => {
    let deep: unknown = CANARY;
    for (let i = 0; i < 300; i++) deep = { a: deep };
    const { code, stdout, stderr } = await run("redact", input(ndjson([auditEvent(1, { requestObject: deep })])));
    expect(linesOf(stdout)[0]).toMatchObject({ verb: "get", requestObject: "[REDACTED:fail-closed.depth]" });
    expect(stderr).toContain("1 events without the parts that could not be walked");
    expect(stdout).not.toContain(CANARY);
    expect(code).toBe(0);
  });

  it("gives the same bytes again when its own output is redacted", async () => {
    const first = await run("redact", input(ndjson([auditEvent(1), secretEvent(2)])));
    const second = await run("redact", input(first.stdout));
    expect(second.stdout).toBe(first.stdout);
  });

  it("is called wrongly without an input", async () => {
    const { code, stderr } = await run("redact");
    expect(code).toBe(2);
    expect(stderr).toContain("no input: name files, or - for standard input");
    expect((await run("redact", "--help")).stdout).toContain("tail -F");
  });
});

describe("redact and lines of a lake", () => {
  it("keeps them lines of a lake and extends what was taken out", async () => {
    const lake = await leakyLake(join(folder, "leaky"));
    const [path] = filesBelow(lake).filter((name) => name.includes("hour=11"));
    const before = linesOf(gunzipSync(readFileSync(join(lake, path!))).toString());
    const { code, stdout } = await run("redact", join(lake, path!));
    const after = linesOf(stdout);
    expect(code).toBe(0);
    expect(after.length).toBe(before.length);
    for (const [index, line] of after.entries()) {
      const { ingest, ...event } = line as { ingest: Json };
      const { ingest: old, ...native } = before[index] as { ingest: Json };
      expect(ingest["eventId"]).toBe(old["eventId"]);
      if (index === 0)
        expect(ingest["redactions"]).toEqual([{ path: "/requestObject/data/password", rule: "secret.data" }]);
      if (index !== 0 && index !== 5) expect([ingest, event]).toEqual([old, native]);
    }
    expect(stdout).not.toContain(CANARY);
    expect(stdout).not.toContain(CANARY_BASE64);
  });

  it("changes nothing in what ingest wrote, and keeps its fingerprints", async () => {
    const path = input(ndjson([auditEvent(1), secretEvent(2), execEvent(3)]));
    const lake = join(folder, "fingerprinted");
    process.env["CLUSTERTRAIL_FINGERPRINT_KEY"] = "00112233445566778899aabbccddeeff";
    try {
      await runIngest(lake, "--cluster", "lab", path);
      const [name] = filesBelow(lake).filter((file) => file.startsWith("events/"));
      const stored = gunzipSync(readFileSync(join(lake, name!))).toString();
      expect(stored).toContain('"fp":"1:');
      expect((await run("redact", join(lake, name!))).stdout).toBe(stored);
    } finally {
      delete process.env["CLUSTERTRAIL_FINGERPRINT_KEY"];
    }
  });

  it("does not believe a header that is none", async () => {
    const claim = {
      ...secretEvent(1),
      time: "2026-11-22T01:02:03Z",
      cloud: {},
      cluster: {},
      ingest: { token: CANARY },
    };
    const { stdout } = await run("redact", input(ndjson([claim])));
    expect(stdout).toContain(MARKER);
    expect(stdout).not.toContain(CANARY);
    expect(stdout).not.toContain("redactions");
  });
});

describe("redact in a pipe", () => {
  it("passes each event on when it comes, not when the input ends", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "cli/bin.ts", "redact", "-"], {
      cwd: join(import.meta.dirname, "../../.."),
      stdio: ["pipe", "pipe", "inherit"],
    });
    let out = "";
    const arrived = (lines: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (out.split("\n").length > lines) resolve();
        };
        child.stdout.on("data", look);
        look();
      });
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stdin.write(ndjson([secretEvent(1)]));
    await arrived(1);
    child.stdin.write(ndjson([auditEvent(2)]));
    await arrived(2);
    expect(linesOf(out).map(idOf)).toEqual([secretEvent(1), auditEvent(2)].map(idOf));
    const closed = new Promise((resolve) => child.once("close", resolve));
    child.stdin.end();
    expect(await closed).toBe(0);
    expect(out).not.toContain(CANARY_BASE64);
  });

  it("waits for a slow reader", async () => {
    const path = input(ndjson(Array.from({ length: 2000 }, (_, n) => auditEvent(n))));
    let waiting = false;
    let bytes = 0;
    const stdout = {
      write(text: string): boolean {
        expect(waiting).toBe(false);
        bytes += text.length;
        waiting = true;
        return false;
      },
      once(_event: string, ready: () => void) {
        setTimeout(() => {
          waiting = false;
          ready();
        }, 1);
        return stdout;
      },
      removeListener: () => stdout,
      on: () => stdout,
      off: () => stdout,
    };
    expect(await main(["redact", path], { stdout, stderr: { write: () => true }, isTTY: false })).toBe(0);
    expect(bytes).toBe(readFileSync(path).length);
  });
});
