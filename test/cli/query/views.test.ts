import { afterEach, describe, expect, it } from "vitest";
import { runQuery } from "../../../cli/query/run.ts";
import { VIEWS } from "../../../cli/query/views.ts";
import { event, TestLake } from "./lake.ts";

let lake: TestLake;
afterEach(() => lake.remove());

const NOON = "2026-11-22T12:00:00.123456Z";

async function sql(text: string, params: Record<string, string> = {}) {
  const { rows, unreadable } = await runQuery({ lake: lake.directory, sql: text, params });
  expect(unreadable).toEqual([]);
  return rows;
}

describe("audit", () => {
  it("gives an event back as it is stored, with absent keys null", async () => {
    lake = await TestLake.create();
    const stored = event(NOON, {
      user: { username: "jane@example.com", groups: ["dev"], extra: { arn: ["a"], "odd.key/x": ["b", "c"] } },
      impersonatedUser: { username: "boss@example.com" },
      authenticationMetadata: { impersonationConstraint: "x" },
      objectRef: { resource: "configmaps", namespace: "shop", name: "c", apiVersion: "v1", resourceVersion: "7" },
      responseStatus: {
        metadata: {},
        status: "Failure",
        reason: "Conflict",
        message: "m",
        details: { kind: "x" },
        code: 409,
      },
      requestObject: { kind: "ConfigMap", data: { n: 1, deep: [{ a: null }] } },
      responseObject: "skipped-too-big-size-object",
    });
    (stored["ingest"] as Record<string, unknown>)["redactions"] = [
      { path: "/requestObject/data/x", rule: "r", fp: "9f" },
    ];
    const key = await lake.put(stored);
    const [row] = await sql("SELECT * FROM audit");
    const absent = { delivered: null, inferred: null, truncated: null, split: null };
    expect(row).toEqual({
      ...stored,
      ingest: { ...(stored["ingest"] as object), ...absent },
      user: { uid: null, ...(stored["user"] as object) },
      impersonatedUser: { username: "boss@example.com", uid: null, groups: null, extra: null },
      objectRef: { uid: null, apiGroup: null, subresource: null, ...(stored["objectRef"] as object) },
      provider: "eks",
      account: "111122223333",
      region: "eu-west-1",
      cluster_name: "prod",
      date: "2026-11-22",
      hour: "12",
      object: key,
    });
  });

  it("has partition columns with the escapes undone, wherever the lake lies", async () => {
    lake = await TestLake.create("date=2020-01-01/it's [a] *lake?/env=x");
    await lake.put(event(NOON, {}, { cluster: "a/b c" }));
    expect(await sql("SELECT cluster_name, date, cluster.name AS name FROM audit")).toEqual([
      { cluster_name: "a/b c", date: "2026-11-22", name: "a/b c" },
    ]);
  });
});

describe("audit_flat", () => {
  it("has the promised columns first and in order", async () => {
    lake = await TestLake.create();
    await lake.put(event(NOON));
    const { columns } = await runQuery({ lake: lake.directory, sql: "SELECT * FROM audit_flat" });
    expect(columns.slice(0, 23).join(", ")).toBe(
      "time, provider, account_id, region, cluster, audit_id, stage, level, verb, username, groups, impersonated, source_ip, user_agent, namespace, resource, subresource, name, api_group, status_code, decision, reason, request_uri",
    );
    expect(new Set(columns).size).toBe(columns.length);
    const [row] = await sql("SELECT * FROM audit_flat");
    expect(row).toMatchObject({
      time: NOON,
      provider: "eks",
      account_id: "111122223333",
      cluster: "prod",
      username: "jane@example.com",
      groups: ["dev", "system:authenticated"],
      impersonated: null,
      source_ip: "203.0.113.7",
      namespace: "shop",
      api_group: null,
      status_code: 200,
      decision: "allow",
      redactions: 0,
    });
  });
});

describe("an event that is stored more than once", () => {
  it("appears once in every view, whatever object, cluster folder or hour it is in", async () => {
    lake = await TestLake.create();
    const events = [event(NOON), event(NOON), event(NOON)];
    await lake.put(...events);
    await lake.put(events[0]!, events[2]!);
    // Another delivery named no region: other folder, same event.
    await lake.put({ ...events[1]!, cloud: { provider: "aws", account: { id: "111122223333" }, region: "unknown" } });
    for (const view of Object.keys(VIEWS)) expect(await sql(`SELECT count(*) AS n FROM ${view}`)).toEqual([{ n: 3 }]);
  });

  it("is counted by its id alone: events without one are not taken for copies of each other", async () => {
    lake = await TestLake.create();
    const [one, two] = [event(NOON), event(NOON)];
    const key = await lake.put(one!, two!);
    const bare = [one, two].map((stored) => ({ ...stored, ingest: { schema: 1 } }));
    const { gzipSync } = await import("node:zlib");
    await lake.putRaw(key, gzipSync(bare.map((stored) => `${JSON.stringify(stored)}\n`).join("")));
    for (const view of Object.keys(VIEWS)) expect(await sql(`SELECT count(*) AS n FROM ${view}`)).toEqual([{ n: 2 }]);
  });
});

describe("audit_requests", () => {
  it("is the last stage of each request", async () => {
    lake = await TestLake.create();
    const request = { auditID: "a", requestReceivedTimestamp: NOON };
    await lake.put(
      event("2026-11-22T12:00:00.5Z", { ...request, stage: "ResponseComplete", impersonatedUser: { username: "b" } }),
      event(NOON, { ...request, stage: "RequestReceived", responseStatus: undefined }),
      event(NOON, { auditID: "b", stage: "RequestReceived" }),
      event("2026-11-22T12:00:00.6Z", { auditID: "b", requestReceivedTimestamp: NOON, stage: "Panic" }),
    );
    expect(await sql("SELECT audit_id, stage, impersonated FROM audit_requests ORDER BY audit_id")).toEqual([
      { audit_id: "a", stage: "ResponseComplete", impersonated: "b" },
      { audit_id: "b", stage: "Panic", impersonated: null },
    ]);
  });
});

describe("odd records", () => {
  it.each<[string, Record<string, unknown>]>([
    [
      "text for objects",
      { user: "s", objectRef: "s", responseStatus: "s", annotations: "s", sourceIPs: "s", impersonatedUser: "s" },
    ],
    [
      "lists for objects",
      { user: [1], objectRef: [], responseStatus: [{}], annotations: ["a"], impersonatedUser: [[]] },
    ],
    [
      "objects for text",
      { verb: { a: 1 }, level: [2], stage: {}, requestURI: 5, userAgent: true, auditID: { x: "y" } },
    ],
    ["numbers for text inside", { user: { username: 7, groups: [1, { a: 2 }], extra: { a: "b", c: [1], d: 5 } } }],
    ["annotations that are no text", { annotations: { n: 5, o: { a: [1] }, t: true, nothing: null } }],
    ["a code that is no number", { responseStatus: { code: "four", details: 1 } }],
    ["times that are none", { requestReceivedTimestamp: "soon", stageTimestamp: 12 }],
    ["nulls everywhere", { user: null, objectRef: null, annotations: null, sourceIPs: null, requestObject: null }],
    ["keys that differ by case", { Verb: "X", USER: 1, objectRef: { resource: "pods", Resource: "x" } }],
    ["hostile keys", JSON.parse('{"__proto__": {"verb": "x"}, "constructor": 1, "": 2, "a\\"b": 3}')],
  ])("do not break the row: %s", async (_, native) => {
    lake = await TestLake.create();
    await lake.put(event(NOON, native), event(NOON));
    for (const view of Object.keys(VIEWS)) {
      const rows = await sql(`SELECT * FROM ${view}`);
      expect(rows.length, view).toBe(2);
      expect(rows.every(({ time, cluster }) => time === NOON && cluster !== null)).toBe(true);
    }
  });

  it("keep what of their values can be kept", async () => {
    lake = await TestLake.create();
    await lake.put(
      event(NOON, {
        annotations: { n: 5, o: { a: [1] } },
        user: { username: 7, groups: "dev", extra: { a: "b", c: [1] } },
      }),
    );
    expect(await sql('SELECT annotations, "user" FROM audit')).toEqual([
      {
        annotations: { n: "5", o: '{"a":[1]}' },
        user: { username: "7", uid: null, groups: null, extra: { a: null, c: ["1"] } },
      },
    ]);
  });

  it("may be as large and as deep as they come", async () => {
    lake = await TestLake.create();
    const large = "x".repeat(70 * 1024 * 1024);
    const deep = JSON.parse(`${"[".repeat(3_000)}${"]".repeat(3_000)}`) as unknown;
    await lake.put(event(NOON, { requestObject: { large } }), event(NOON, { requestObject: deep }), event(NOON));
    const rows = await sql("SELECT length(requestObject::VARCHAR) AS n FROM audit ORDER BY n NULLS LAST");
    expect(rows.map(({ n }) => n)).toEqual([6_000, large.length + 12, null]);
  });
});

describe("SQL", () => {
  it("sees only the window and cluster asked for", async () => {
    lake = await TestLake.create();
    await lake.put(event("2026-11-22T12:10:00Z"), event("2026-11-22T12:20:00Z"), event("2026-11-22T12:30:00Z"));
    await lake.put(event("2026-11-22T12:20:00Z", {}, { cluster: "dev" }));
    const count = "SELECT count(*) AS n FROM audit";
    expect(await sql(count)).toEqual([{ n: 4 }]);
    expect(await sql(count, { from: "2026-11-22T12:20:00Z" })).toEqual([{ n: 3 }]);
    expect(await sql(count, { from: "2026-11-22T12:20:00Z", to: "2026-11-22T12:30:00Z" })).toEqual([{ n: 2 }]);
    expect(await sql(count, { cluster: "dev" })).toEqual([{ n: 1 }]);
  });

  it("takes parameters as text, and several statements", async () => {
    lake = await TestLake.create();
    await lake.put(event(NOON), event(NOON));
    const text =
      "CREATE TABLE t AS SELECT * FROM audit_flat WHERE username = $who; SELECT count(*) AS n, $k AS k FROM t LIMIT $n::INTEGER";
    expect(await sql(text, { who: "jane@example.com", k: "it's", n: "1" })).toEqual([{ n: 2, k: "it's" }]);
  });
});
