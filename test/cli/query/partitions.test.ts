import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListFolders } from "../../../cli/query/partitions.ts";
import { selectObjects } from "../../../cli/query/partitions.ts";
import { parseScope } from "../../../cli/query/scope.ts";
import type { Placed } from "./lake.ts";
import { event, FakeRemoteLake } from "./lake.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

function lakeOf(...places: [time: string, place?: Placed][]): FakeRemoteLake {
  const lake = new FakeRemoteLake("s3://audit-lake/trail");
  for (const [time, place] of places) lake.put(event(time, {}, place));
  return lake;
}

/** Folder listing over a fake lake's keys, counting the folders that were entered. */
function foldersOf(lake: FakeRemoteLake, entered: string[] = []): ListFolders {
  return async (prefix) => {
    entered.push(prefix);
    const below = [...lake.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
    return [...new Set(below.filter((rest) => rest.includes("/")).map((rest) => rest.split("/")[0]!))];
  };
}

async function select(lake: FakeRemoteLake, params: Record<string, string>) {
  const scope = parseScope(new Map(Object.entries(params)), NOW);
  const plain = await selectObjects(lake, scope);
  const walked = await selectObjects(lake, scope, foldersOf(lake));
  expect(walked.objects.map(({ key }) => key).sort()).toEqual(plain.objects.map(({ key }) => key).sort());
  expect(walked.partitions).toBe(plain.partitions);
  return plain.objects.map(
    ({ key }) =>
      `${/cluster_name=([^/]*)/.exec(key)![1]} ${/date=.{10}\/hour=..|date=unknown.*?(?=\/20|\/unknown)/.exec(key)![0]}`,
  );
}

const HOURS = lakeOf(
  ["2026-11-21T23:59:59.999999Z"],
  ["2026-11-22T00:00:00Z"],
  ["2026-11-22T09:30:00Z"],
  ["2026-11-22T10:00:00Z"],
  ["2026-11-23T00:00:00Z"],
  ["2026-11-22T10:00:00Z", { cluster: "dev" }],
);

describe("partitions of a window", () => {
  it.each<[Record<string, string>, string[]]>([
    [{ from: "2026-11-22T10:00:00Z", cluster: "prod" }, ["22/hour=10", "23/hour=00"]],
    [{ to: "2026-11-22T00:00:00Z" }, ["21/hour=23"]],
    [{ to: "2026-11-22T00:00:00.0000001Z", cluster: "prod" }, ["21/hour=23", "22/hour=00"]],
    [{ from: "2026-11-22T09:59:59.999Z", to: "2026-11-22T10:00:00Z" }, ["22/hour=09"]],
    [{ from: "2026-11-22", to: "2026-11-23", cluster: "prod" }, ["22/hour=00", "22/hour=09", "22/hour=10"]],
    [{ from: "2026-12-01" }, []],
  ])("%j", async (params, expected) => {
    const found = await select(HOURS, params);
    expect(found.map((one) => one.replace(/^.*date=2026-11-/, ""))).toEqual(expected);
  });

  it("takes a whole lake without a scope", async () => {
    expect(await select(HOURS, {})).toHaveLength(6);
  });
});

describe("partitions of a place", () => {
  it("compares values as the lake escapes them", async () => {
    const lake = lakeOf(["2026-11-22T10:00:00Z", { cluster: "a/b c" }], ["2026-11-22T10:00:00Z", { cluster: "a" }]);
    expect(await select(lake, { cluster: "a/b c" })).toEqual(["a%2Fb%20c date=2026-11-22/hour=10"]);
    expect(await select(lake, { cluster: "../a" })).toEqual([]);
  });

  it("tells providers, accounts and regions apart", async () => {
    const lake = lakeOf(
      ["2026-11-22T10:00:00Z", { cluster: "one" }],
      ["2026-11-22T10:00:00Z", { cluster: "two", provider: "gke", account: "example-project", region: "europe-west1" }],
    );
    for (const params of [{ provider: "gke" }, { account: "example-project" }, { region: "europe-west1" }]) {
      expect(await select(lake, params as Record<string, string>)).toEqual(["two date=2026-11-22/hour=10"]);
    }
  });

  it("looks into partitions of unknown time whatever the window", async () => {
    const lake = lakeOf(["not a time"]);
    expect(await select(lake, { from: "2026-11-22" })).toHaveLength(1);
  });
});

describe("what is listed", () => {
  it("enters no folder outside the scope", async () => {
    const entered: string[] = [];
    const scope = parseScope(
      new Map([
        ["cluster", "dev"],
        ["from", "2026-11-22T10:00:00Z"],
        ["to", "2026-11-22T11:00:00Z"],
      ]),
      NOW,
    );
    HOURS.listed.length = 0;
    await selectObjects(HOURS, scope, foldersOf(HOURS, entered));
    expect(entered.filter((prefix) => prefix.includes("cluster_name=prod"))).toEqual([]);
    expect(HOURS.listed).toEqual([
      "events/v1/provider=eks/account=111122223333/region=eu-west-1/cluster_name=dev/date=2026-11-22/hour=10/",
    ]);
  });

  it("lists whole days at once", async () => {
    HOURS.listed.length = 0;
    const scope = parseScope(
      new Map([
        ["cluster", "prod"],
        ["from", "2026-11-22"],
        ["to", "2026-11-23"],
      ]),
      NOW,
    );
    await selectObjects(HOURS, scope, foldersOf(HOURS));
    expect(HOURS.listed).toEqual([
      "events/v1/provider=eks/account=111122223333/region=eu-west-1/cluster_name=prod/date=2026-11-22/",
    ]);
  });

  it.each<[Record<string, string>, string]>([
    [{}, "events/v1/"],
    [{ provider: "eks" }, "events/v1/provider=eks/"],
    [{ cluster: "prod" }, "events/v1/"],
    [
      { provider: "eks", account: "1", region: "r", cluster: "c", from: "2026-11-20", to: "2026-11-22" },
      "events/v1/provider=eks/account=1/region=r/cluster_name=c/date=2026-11-2",
    ],
    [
      { provider: "eks", account: "1", region: "r", cluster: "c", from: "2026-11-22" },
      "events/v1/provider=eks/account=1/region=r/cluster_name=c/date=",
    ],
  ])("without folders, lists below the longest prefix that %j names", async (params, prefix) => {
    HOURS.listed.length = 0;
    await selectObjects(HOURS, parseScope(new Map(Object.entries(params)), NOW));
    expect(HOURS.listed).toEqual([prefix]);
  });

  it("counts what is not of the layout and does not take it", async () => {
    const lake = lakeOf(["2026-11-22T10:00:00Z"]);
    const folder = [...lake.objects.keys()][0]!.replace(/[^/]*$/, "");
    lake.objects.set(`${folder}notes.txt`, new Uint8Array(1));
    lake.objects.set(`${folder}../../20261122T100000Z-1-${"a".repeat(24)}.ndjson.gz`, new Uint8Array(1));
    lake.objects.set(`events/v1/20261122T100000Z-1-${"a".repeat(24)}.ndjson.gz`, new Uint8Array(1));
    const selection = await selectObjects(lake, {});
    expect(selection.objects).toHaveLength(1);
    expect(selection.foreign).toBe(3);
  });
});

describe("any window", () => {
  it("selects exactly the hours that overlap it", async () => {
    const hours = Array.from(
      { length: 72 },
      (_, hour) => new Date(Date.parse("2026-11-21T00:00:00Z") + hour * 3_600_000),
    );
    const lake = lakeOf(...hours.map((hour): [string] => [hour.toISOString()]));
    const moment = fc
      .integer({ min: -3_600, max: 75 * 3_600 })
      .map((s) => Date.parse("2026-11-21T00:00:00Z") + s * 1000);
    await fc.assert(
      fc.asyncProperty(moment, moment, async (a, b) => {
        fc.pre(a !== b);
        const [from, to] = [new Date(Math.min(a, b)), new Date(Math.max(a, b))];
        const expected = hours.filter((hour) => hour < to && hour.getTime() + 3_600_000 > from.getTime());
        const found = await select(lake, { from: from.toISOString(), to: to.toISOString() });
        expect(found).toHaveLength(expected.length);
      }),
      { numRuns: 100 },
    );
  });
});
