import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Place } from "../../../shared/adapter.ts";
import type { QuarantineRecord, StoredQuarantineRecord } from "../../../shared/lake/quarantine.ts";
import { QuarantineWriter } from "../../../shared/lake/quarantine.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { MemorySink } from "./memory-sink.ts";

const PLACE: Place = { provider: "eks", cloud: "aws", account: "111122223333", region: "eu-west-1", cluster: "prod" };
const RECORD: QuarantineRecord = {
  reason: "not-json",
  id: "delivery-1",
  record: 3,
  place: PLACE,
  source: "cloudwatch-logs",
  time: "2026-11-22T13:05:01Z",
  raw: Buffer.from("{broken \xff", "latin1"),
};

async function keep(
  records: readonly QuarantineRecord[],
  sink = new MemorySink(),
): Promise<{ sink: MemorySink; writer: QuarantineWriter }> {
  const writer = new QuarantineWriter(sink);
  for (const record of records) await writer.add(record);
  await writer.close();
  return { sink, writer };
}

function read(sink: MemorySink): { key: string; records: StoredQuarantineRecord[] }[] {
  return sink.texts().map(([key, text]) => {
    const document = JSON.parse(text);
    expect(document.schema).toBe(1);
    return { key, records: document.records };
  });
}

describe("QuarantineWriter", () => {
  it("keeps the bytes as they came, with the reason, in the record's partition", async () => {
    const { sink, writer } = await keep([RECORD]);
    const sha256 = createHash("sha256").update(RECORD.raw).digest("hex");
    const digest = createHash("sha256").update(`not-json\0${sha256}\n`).digest("hex").slice(0, 24);
    expect(read(sink)).toEqual([
      {
        key: `quarantine/v1/provider=eks/account=111122223333/region=eu-west-1/cluster_name=prod/date=2026-11-22/hour=13/${digest}.json.gz`,
        records: [
          {
            reason: "not-json",
            id: "delivery-1",
            record: 3,
            source: "cloudwatch-logs",
            bytes: 9,
            sha256,
            raw: Buffer.from(RECORD.raw).toString("base64"),
          },
        ],
      },
    ]);
    expect(writer.stats).toMatchObject({ records: 1, objects: 1, bytesOut: [...sink.objects.values()][0]!.length });
  });

  it("finds the same input taken, under whatever delivery it comes again", async () => {
    const { sink } = await keep([RECORD, { ...RECORD, record: 4 }]);
    const { writer } = await keep(
      [
        { ...RECORD, id: "delivery-2" },
        { ...RECORD, record: 9 },
      ],
      sink,
    );
    expect(sink.objects.size).toBe(1);
    expect(writer.stats).toEqual({ records: 2, objects: 0, bytesOut: 0 });
  });

  it("tells other bytes and other reasons apart", async () => {
    const sink = new MemorySink();
    for (const change of [{}, { reason: "cut" }, { raw: Buffer.from("x") }])
      await keep([{ ...RECORD, ...change }], sink);
    expect(sink.objects.size).toBe(3);
  });

  it("puts what nothing is known about under unknown", async () => {
    const { sink } = await keep([
      { ...RECORD, place: undefined, time: undefined },
      { ...RECORD, place: undefined, time: "yesterday" },
    ]);
    const [object, ...others] = read(sink);
    expect(others).toEqual([]);
    expect(object!.key).toMatch(
      /^quarantine\/v1\/provider=unknown\/account=unknown\/region=unknown\/cluster_name=unknown\/date=unknown\/hour=unknown\/[0-9a-f]{24}\.json\.gz$/,
    );
  });

  it("takes a time with an offset as its hour in UTC", async () => {
    const { sink } = await keep([{ ...RECORD, time: "2026-11-23T00:30:00.123+02:00" }]);
    expect(read(sink)[0]!.key).toContain("/date=2026-11-22/hour=22/");
  });

  it("copies: the caller's buffer may be used again", async () => {
    const raw = Buffer.from("before");
    const sink = new MemorySink();
    const writer = new QuarantineWriter(sink);
    writer.add({ ...RECORD, raw });
    raw.fill("x");
    await writer.close();
    expect(Buffer.from(read(sink)[0]!.records[0]!.raw, "base64").toString()).toBe("before");
  });

  it("divides many records into objects and loses none", async () => {
    const records = Array.from({ length: 2500 }, (_, i) => ({ ...RECORD, record: i, raw: Buffer.from(`record ${i}`) }));
    const { sink, writer } = await keep(records);
    const objects = read(sink);
    expect(objects.map((object) => object.records.length).sort()).toEqual([1000, 1000, 500]);
    const kept = objects.flatMap((object) => object.records.map(({ raw }) => Buffer.from(raw, "base64").toString()));
    expect(kept.sort()).toEqual(records.map(({ raw }) => raw.toString()).sort());
    expect(writer.stats.records).toBe(2500);
  });

  it("bounds what waits in many partitions together", async () => {
    const sink = new MemorySink();
    const writer = new QuarantineWriter(sink);
    for (let i = 0; i < 5; i++) {
      await writer.add({ ...RECORD, place: { ...PLACE, cluster: `c${i}` }, raw: Buffer.alloc(4 * 1024 * 1024, i) });
    }
    expect(sink.puts).toBeGreaterThan(0);
    await writer.close();
    expect(sink.objects.size).toBe(5);
  });

  it("keeps the first 8 MiB of a giant record, its length and its digest", async () => {
    const raw = Buffer.alloc(20 * 1024 * 1024, "giant ");
    const { sink } = await keep([{ ...RECORD, raw }]);
    const [record] = read(sink)[0]!.records;
    expect(record).toMatchObject({
      cut: true,
      bytes: raw.length,
      sha256: createHash("sha256").update(raw).digest("hex"),
    });
    expect(Buffer.from(record!.raw, "base64").equals(raw.subarray(0, 8 * 1024 * 1024))).toBe(true);
  });

  it("fails when the lake does", async () => {
    await expect(keep([RECORD], new MemorySink({ fails: () => true }))).rejects.toBeInstanceOf(StorageError);
  });
});
