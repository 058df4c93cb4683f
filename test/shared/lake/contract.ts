import { describe, expect, it } from "vitest";
import type { Lake, LakeObject } from "../../../shared/lake/sink.ts";
import { StorageError } from "../../../shared/lake/sink.ts";

/**
 * What every lake promises (shared/lake/sink.ts). `openLake` gives a new, empty lake for each test.
 *
 * @param options.conditional false for stores that ignore `If-None-Match`: leaves out the laws on taken keys.
 */
export function describeLake(
  name: string,
  openLake: () => Promise<Lake>,
  { conditional }: { conditional: boolean },
): void {
  describe(`lake contract: ${name}`, () => {
    it("reads back the bytes it was given, any bytes", async () => {
      const lake = await openLake();
      const body = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) & 0xff);
      expect(await lake.put("events/v1/a/x.ndjson.gz", body)).toBe("created");
      expect(await lake.put("events/v1/a/empty", new Uint8Array(0))).toBe("created");
      expect(Buffer.from(await lake.get("events/v1/a/x.ndjson.gz")).equals(body)).toBe(true);
      expect((await lake.get("events/v1/a/empty")).length).toBe(0);
    });

    it("takes a view of a larger buffer for what it shows", async () => {
      const lake = await openLake();
      await lake.put("k/view", Buffer.from("..inside..").subarray(2, 8));
      expect(Buffer.from(await lake.get("k/view")).toString()).toBe("inside");
    });

    it("keeps keys with escaped partition values apart", async () => {
      const lake = await openLake();
      const keys = ["v=a%2Fb/x", "v=a%252Fb/x", "v=a/b/x", "v=a~0/x", "v=%2E%2E/x"];
      for (const key of keys) expect(await lake.put(key, Buffer.from(key))).toBe("created");
      for (const key of keys) expect(Buffer.from(await lake.get(key)).toString()).toBe(key);
      // Sorted here: the order is the next test's matter, and emulators sort such keys by language rules.
      expect((await all(lake, "")).map(({ key }) => key).sort()).toEqual([...keys].sort());
    });

    it("lists in key order what starts with the prefix, with sizes, and nothing else", async () => {
      const lake = await openLake();
      const keys = ["a/b/1", "a/b/2", "a/b.c", "a/b-c", "a/ba/1", "a/bb/1", "b/1", "a/b/d/e/f"];
      for (const [i, key] of keys.entries()) await lake.put(key, Buffer.alloc(i + 1));
      expect(await all(lake, "a/b")).toEqual(
        keys
          .map((key, i) => ({ key, size: i + 1 }))
          .filter(({ key }) => key.startsWith("a/b"))
          .sort((x, y) => (x.key < y.key ? -1 : 1)),
      );
      expect((await all(lake, "a/b/")).map(({ key }) => key)).toEqual(["a/b/1", "a/b/2", "a/b/d/e/f"]);
      expect((await all(lake, "a/b/1")).map(({ key }) => key)).toEqual(["a/b/1"]);
      expect(await all(lake, "a/x")).toEqual([]);
    });

    it("is empty before anything is written", async () => {
      expect(await all(await openLake(), "events/v1/")).toEqual([]);
    });

    it("names the folders directly under a prefix", async () => {
      const lake = await openLake();
      expect(await lake.folders("")).toEqual([]);
      expect(await lake.folders("events/v1/")).toEqual([]);
      const keys = ["a/x", "a/b=2/c=1/x", "a/b=2/c=2/x", "a/b=2-3/x", "a/b=1/x", "a/b=%2F/x", "ab/c/x", "z"];
      for (const key of keys) await lake.put(key, Buffer.from("x"));
      expect(await lake.folders("")).toEqual(["a", "ab"]);
      expect(await lake.folders("a/")).toEqual(["b=%2F", "b=1", "b=2", "b=2-3"]);
      expect(await lake.folders("a/b=2/")).toEqual(["c=1", "c=2"]);
      expect(await lake.folders("a/b=2/c=1/")).toEqual([]);
      expect(await lake.folders("none/")).toEqual([]);
    });

    it("replaces an object that is there, under the same key", async () => {
      const lake = await openLake();
      await lake.put("k/x", Buffer.from("first"));
      await lake.put("k/y", Buffer.from("other"));
      await lake.replace("k/x", Buffer.from("second, longer"));
      expect(Buffer.from(await lake.get("k/x")).toString()).toBe("second, longer");
      await lake.replace("k/x", Buffer.from("third"));
      expect(Buffer.from(await lake.get("k/x")).toString()).toBe("third");
      expect(await all(lake, "")).toEqual([
        { key: "k/x", size: 5 },
        { key: "k/y", size: 5 },
      ]);
    });

    it("replaces nothing that is not there", async () => {
      const lake = await openLake();
      await lake.put("k/y", Buffer.from("other"));
      await expect(lake.replace("k/x", Buffer.from("x"))).rejects.toThrow(/there is no (such )?object/);
      await expect(lake.replace("k/x", Buffer.from("x"))).rejects.toBeInstanceOf(StorageError);
      expect((await all(lake, "")).map(({ key }) => key)).toEqual(["k/y"]);
    });

    it("says so when an object is missing", async () => {
      const lake = await openLake();
      await expect(lake.get("events/v1/none")).rejects.toThrow(/there is no (such )?object/);
      await expect(lake.get("events/v1/none")).rejects.toBeInstanceOf(StorageError);
    });

    it.each(["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "..", "a\\b", "a b", "a\0", "é", "a\nb"])(
      "refuses the key %j",
      async (key) => {
        const lake = await openLake();
        await expect(lake.put(key, Buffer.from("x"))).rejects.toBeInstanceOf(StorageError);
        await expect(lake.get(key)).rejects.toBeInstanceOf(StorageError);
        await expect(lake.replace(key, Buffer.from("x"))).rejects.toBeInstanceOf(StorageError);
      },
    );

    if (!conditional) return;

    it("never overwrites: a taken key is reported and left alone", async () => {
      const lake = await openLake();
      expect(await lake.put("k/x", Buffer.from("first"))).toBe("created");
      expect(await lake.put("k/x", Buffer.from("second"))).toBe("exists");
      expect(Buffer.from(await lake.get("k/x")).toString()).toBe("first");
    });

    it("gives one of many writers at once the key", async () => {
      const lake = await openLake();
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, i) => lake.put("k/race", Buffer.from(`writer ${i}`))),
      );
      expect(results.filter((result) => result === "created")).toHaveLength(1);
      const winner = results.indexOf("created");
      expect(Buffer.from(await lake.get("k/race")).toString()).toBe(`writer ${winner}`);
    });
  });
}

export async function all(lake: Lake, prefix: string): Promise<LakeObject[]> {
  return Array.fromAsync(lake.list(prefix));
}
