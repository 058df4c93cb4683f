import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { zip } from "../../build-zip.ts";

const folder = mkdtempSync(join(tmpdir(), "clustertrail-zip-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entries = [
  { path: "index.mjs", bytes: Buffer.from("export const handler = () => 1;\n".repeat(50)) },
  { path: "a/b.json", bytes: Buffer.from("{}") },
];

/** Paths by a tool that is not ours; absent on some machines. */
const UNZIP = ["/usr/bin/unzip", "/bin/unzip"].find((path) => existsSync(path));

describe("zip", () => {
  it("depends on names and contents only, not on order or time", () => {
    expect(zip([...entries].reverse()).equals(zip(entries))).toBe(true);
    expect(zip([entries[0]!]).equals(zip(entries))).toBe(false);
  });

  it("holds every file whole, deflated", () => {
    const archive = zip(entries);
    const name = archive.readUInt16LE(26);
    expect(archive.subarray(30, 30 + name).toString()).toBe("a/b.json");
    expect(inflateRawSync(archive.subarray(30 + name, 30 + name + archive.readUInt32LE(18))).toString()).toBe("{}");
  });

  it.runIf(UNZIP !== undefined)("is unpacked by unzip, readable by everyone", () => {
    const path = join(folder, "x.zip");
    writeFileSync(path, zip(entries));
    execFileSync(UNZIP!, ["-q", path, "-d", join(folder, "out")]);
    for (const { path: name, bytes } of entries) {
      expect(readFileSync(join(folder, "out", name)).equals(bytes)).toBe(true);
      expect(statSync(join(folder, "out", name)).mode & 0o777).toBe(0o644);
    }
  });
});
