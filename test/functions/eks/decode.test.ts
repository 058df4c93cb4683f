import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { eks } from "../../../functions/eks/decode.ts";
import { MAX_UNPACKED_BYTES } from "../../../functions/eks/payload.ts";
import type { Item, SourceContext } from "../../../shared/adapter.ts";
import { corpus, event, events, text } from "../sample-events.ts";
import { context, document, logEvent, pageEvent, payload, row, three } from "./envelopes.ts";

const decode = (value: unknown, given: SourceContext = context): Item[] => [...eks.decode(value, given)];
const only = (value: unknown, given: SourceContext = context): Item => {
  const items = decode(value, given);
  expect(items).toHaveLength(1);
  return items[0] as Item;
};
const placeOf = (value: unknown, given: SourceContext = context) => {
  const item = only(value, given);
  return item.kind === "skip" ? undefined : item.place;
};

describe("eks: place, id and time", () => {
  it("takes account and cluster from the document, the Region from the caller", () => {
    expect(only(payload(document([logEvent(7)])))).toEqual({
      kind: "text",
      text: text(7),
      place: {
        provider: "eks",
        cloud: "aws",
        account: "111122223333",
        region: "eu-west-1",
        cluster: "prod",
        clusterId: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
      },
      source: "cloudwatch-logs",
      cutBy: "eks",
      id: "31953106607",
      delivered: "2026-11-22T01:02:04.007Z",
    });
  });

  it.each([
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["us-iso-east-1", "aws-iso"],
    ["us-isob-east-1", "aws-iso-b"],
    ["eusc-de-east-1", "aws-eusc"],
    ["us-east-1", "aws"],
  ])("puts %s into partition %s", (region, partition) => {
    expect(placeOf(document([logEvent(1)]), { region })?.clusterId).toBe(
      `arn:${partition}:eks:${region}:111122223333:cluster/prod`,
    );
  });

  it("leaves out what nobody says, the id first", () => {
    expect(placeOf(document([logEvent(1)]), {})).toEqual({
      provider: "eks",
      cloud: "aws",
      account: "111122223333",
      cluster: "prod",
    });
    expect(placeOf(event(1), {})).toEqual({ provider: "eks", cloud: "aws" });
  });

  it("uses the caller's cluster when the log group is not an EKS one", () => {
    const place = placeOf(document([logEvent(1)], { logGroup: "/central/eks" }));
    expect(place).toMatchObject({ cluster: "asked", account: "111122223333" });
    expect(placeOf({ events: [pageEvent(1)] })).toMatchObject({ cluster: "asked", account: "444455556666" });
  });

  it("reads a page's eventId and timestamp, not ingestionTime", () => {
    expect(only({ events: [pageEvent(1)] })).toMatchObject({ id: "e1", delivered: "2026-11-22T01:02:04.001Z" });
  });

  it("reads an Insights row's fields", () => {
    const fields = {
      "@message": text(1),
      "@timestamp": "2026-11-22 01:02:04.001",
      "@ptr": "p1",
      "@log": "111122223333:/aws/eks/prod/cluster",
    };
    expect(only({ results: [row(fields)] })).toMatchObject({
      source: "logs-insights",
      id: "p1",
      delivered: "2026-11-22T01:02:04.001Z",
      place: { account: "111122223333", cluster: "prod" },
    });
  });

  it("reads an export line's stamp, in UTC", () => {
    expect(only(`2026-11-22T03:02:03.456+02:00 ${text(1)}`)).toMatchObject({
      source: "cloudwatch-export",
      delivered: "2026-11-22T01:02:03.456Z",
      text: text(1),
    });
  });

  it.each([[-1], [1e300], ["1763773324000"], [null], [253_402_300_800_000]])(
    "gives no delivery time for a timestamp of %s",
    (timestamp) => {
      const item = only(document([{ ...logEvent(1), timestamp }]));
      expect(item.kind).toBe("text");
      expect(item).not.toHaveProperty("delivered");
    },
  );
});

describe("eks: payloads that cannot be unpacked", () => {
  const reasonOf = (data: unknown) => {
    const item = only({ awslogs: { data } });
    return item.kind === "reject" ? item.reason : item.kind;
  };
  const gzip = gzipSync(JSON.stringify(document(three)));

  it("tells the faults apart", () => {
    expect(reasonOf("%%% not base64 %%%")).toBe("bad-base64");
    expect(reasonOf(Buffer.from("plain text, no gzip").toString("base64"))).toBe("bad-gzip");
    expect(reasonOf(gzip.subarray(0, gzip.length - 40).toString("base64"))).toBe("truncated-gzip");
    expect(reasonOf("")).toBe("truncated-gzip");
    expect(reasonOf(gzipSync("no json").toString("base64"))).toBe("not-json");
    expect(reasonOf(gzipSync("[1]").toString("base64"))).toBe("not-an-object");
    expect(reasonOf(gzipSync(Buffer.from([0x22, 0xc3, 0x28, 0x22])).toString("base64"))).toBe("invalid-utf8");
    expect(reasonOf(gzipSync('{"logEvents":7,"messageType":"DATA_MESSAGE"}').toString("base64"))).toBe("bad-envelope");
    expect(reasonOf(17)).toBe("bad-envelope");
    const flipped = Buffer.from(gzip);
    flipped[gzip.length - 6] = (flipped[gzip.length - 6] ?? 0) ^ 0xff;
    expect(reasonOf(flipped.toString("base64"))).toBe("bad-gzip");
  });

  it("stops at a bomb without unpacking it", () => {
    // Members of a gzip file unpack one after the other: making the bomb costs as little as carrying it.
    const mebibyte = gzipSync(Buffer.alloc(1024 * 1024));
    const members = MAX_UNPACKED_BYTES / (1024 * 1024) + 1;
    const bomb = Buffer.concat(Array.from({ length: members }, () => mebibyte)).toString("base64");
    expect(bomb.length).toBeLessThan(300_000);
    expect(reasonOf(bomb)).toBe("gzip-bomb");
  });

  it("takes base64 with line breaks", () => {
    const data = (gzip.toString("base64").match(/.{1,64}/g) ?? []).join("\r\n");
    expect(decode({ awslogs: { data } })).toHaveLength(3);
  });

  it("keeps the payload as it came for quarantine and quotes none of it", () => {
    const item = only({ awslogs: { data: "c2VjcmV0LXZhbHVl!" } });
    expect(item).toMatchObject({ kind: "reject", raw: '{"awslogs":{"data":"c2VjcmV0LXZhbHVl!"}}' });
    expect(item.kind === "reject" ? item.hint : "").not.toContain("c2Vj");
  });
});

describe("eks: hostile input", () => {
  it("names the other source without quoting the record", () => {
    const item = only({ protoPayload: { secret: "s3cr3t" }, insertId: "i" });
    expect(item).toMatchObject({
      reason: "wrong-source",
      hint: "looks like gke (Cloud Logging entry); use --source gke or auto",
    });
  });

  it("survives nesting that JSON.stringify does not", () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    expect(only(deep)).toMatchObject({ kind: "reject", reason: "not-an-event" });
  });

  it("takes __proto__ for what it is: a key", () => {
    const value: unknown = JSON.parse('{"__proto__":{"auditID":"x","awslogs":{}}}');
    expect(only(value)).toMatchObject({ reason: "not-an-event" });
  });
});

const corpusFiles = [
  ["eks/aws-eks-best-practices.ndjson", 1],
  ["eks/panther-analysis.ndjson", 110],
] as const;

describe.each(corpusFiles)("eks: corpus %s", (file, count) => {
  const lines = corpus(file);

  it.runIf(lines !== undefined)("yields every event, unchanged", () => {
    const values = (lines ?? []).map((line) => JSON.parse(line) as { results?: { value: string }[][] });
    const items = values.flatMap((value) => decode(value, {}));
    const native = values.map((v) =>
      v.results === undefined ? v : (JSON.parse(v.results[0]?.[0]?.value ?? "") as object),
    );
    expect(items).toHaveLength(count);
    expect(events(items)).toEqual(native);
  });
});
