import * as nodeFs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DirectoryLake } from "../../../shared/lake/directory.ts";
import type { DirectoryIo } from "../../../shared/lake/directory-io.ts";
import { StorageError } from "../../../shared/lake/sink.ts";
import { all, describeLake } from "./contract.ts";

let root = "";
let serial = 0;
beforeAll(async () => {
  root = await nodeFs.mkdtemp(join(tmpdir(), "clustertrail-lake-"));
});
afterAll(() => nodeFs.rm(root, { recursive: true, force: true }));

function fresh(): string {
  return join(root, `lake-${serial++}`);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: content that must not be shown`), { code });
}

/** The real file system with some calls replaced. */
function ioWith(changes: Partial<DirectoryIo>): DirectoryIo {
  return { ...nodeFs, ...changes };
}

/** Refuses hard links as `code`, like exFAT. */
function withoutLinks(code: string): DirectoryIo {
  return ioWith({ link: () => Promise.reject(systemError(code)) });
}

/** Files open, but their bytes cannot be written. */
function failingWrites(code: string): DirectoryIo {
  const open: DirectoryIo["open"] = async (path, flags) => {
    const file = await nodeFs.open(path, flags);
    if (flags === "wx") file.writeFile = () => Promise.reject(systemError(code));
    return file;
  };
  return ioWith({ open });
}

async function temporaries(directory: string): Promise<string[]> {
  return nodeFs.readdir(join(directory, ".tmp"));
}

describeLake("directory", async () => new DirectoryLake(fresh()), { conditional: true });
describeLake(
  "directory without hard links",
  async () => new DirectoryLake(fresh(), "./lake", withoutLinks("ENOTSUP")),
  { conditional: true },
);

describe("DirectoryLake", () => {
  it("gives a key to one of two lakes on the same folder", async () => {
    const directory = fresh();
    const lakes = [new DirectoryLake(directory), new DirectoryLake(directory)];
    for (let round = 0; round < 20; round++) {
      const results = await Promise.all(lakes.map((lake, i) => lake.put(`k/${round}`, Buffer.from(`lake ${i}`))));
      expect([...results].sort()).toEqual(["created", "exists"]);
      const winner = results.indexOf("created");
      expect(Buffer.from(await lakes[0]!.get(`k/${round}`)).toString()).toBe(`lake ${winner}`);
    }
    expect(await temporaries(directory)).toEqual([]);
  });

  it("leaves nothing behind, and shows nothing of what others left behind", async () => {
    const directory = fresh();
    const lake = new DirectoryLake(directory);
    await lake.put("events/v1/a/x", Buffer.from("x"));
    expect(await temporaries(directory)).toEqual([]);
    // A killed writer's, and a desktop's.
    await nodeFs.writeFile(join(directory, ".tmp", "0d3e"), "half an obj");
    await nodeFs.writeFile(join(directory, "events/v1/a/.DS_Store"), "");
    await nodeFs.symlink("/nowhere", join(directory, "events/v1/a/link"));
    expect((await all(lake, "")).map(({ key }) => key)).toEqual(["events/v1/a/x"]);
    expect(await lake.put("events/v1/a/y", Buffer.from("y"))).toBe("created");
    expect(await temporaries(directory)).toEqual(["0d3e"]);
  });

  it("syncs the bytes before they get their name, and the folder after", async () => {
    const directory = fresh();
    await new DirectoryLake(directory).put("k/first", Buffer.from("x"));
    const steps: string[] = [];
    const open: DirectoryIo["open"] = async (path, flags) => {
      const file = await nodeFs.open(path, flags);
      const { sync } = file;
      file.sync = async () => {
        steps.push(`sync ${flags === "r" ? relative(directory, String(path)) : (await file.stat()).size}`);
        await sync.call(file);
      };
      return file;
    };
    const link: DirectoryIo["link"] = async (from, to) => {
      steps.push(`link ${relative(directory, String(to))}`);
      await nodeFs.link(from, to);
    };
    const lake = new DirectoryLake(directory, "./lake", ioWith({ open, link }));
    await lake.put("k/x", Buffer.alloc(100_000, 1));
    expect(steps.splice(0)).toEqual(["sync 100000", "link k/x", "sync k"]);
    // Whoever made it may not have come to its last sync yet.
    await lake.put("k/x", Buffer.alloc(100_000, 1));
    expect(steps.splice(0)).toEqual(["sync k"]);
    // New folders: the entry of each, then the object.
    await lake.put("a/b/x", Buffer.from("x"));
    expect(steps).toEqual(["sync a", "sync ", "sync 1", "link a/b/x", "sync a/b"]);
  });

  it("makes the folder again when somebody removed it", async () => {
    const directory = fresh();
    const lake = new DirectoryLake(directory);
    await lake.put("k/x", Buffer.from("x"));
    await nodeFs.rm(directory, { recursive: true });
    expect(await lake.put("k/x", Buffer.from("x"))).toBe("created");
  });

  it("says what is in the way, and does not take a folder for a stored object", async () => {
    const directory = fresh();
    await nodeFs.mkdir(join(directory, "k/x"), { recursive: true });
    await expect(new DirectoryLake(directory, "./lake").put("k/x", Buffer.from("x"))).rejects.toThrow(
      "lake ./lake: cannot write k/x: a folder stands where an object belongs: move it away (EISDIR)",
    );
    await nodeFs.writeFile(join(directory, "file"), "");
    const inFile = new DirectoryLake(join(directory, "file"), "./file");
    await expect(inFile.put("k/x", Buffer.from("x"))).rejects.toThrow(/a file stands where a folder is needed/);
    await expect(inFile.get("k/x")).rejects.toThrow(/a file stands where a folder is needed/);
    await expect(all(inFile, "")).rejects.toThrow(/cannot list it: a file stands where a folder is needed/);
  });

  it.each([
    ["EROFS", /read-only for this user/, false],
    ["EACCES", /read-only for this user/, false],
    ["ENAMETOOLONG", /too long/, false],
    ["EMFILE", /short of resources/, true],
  ])("maps %s on the folder", async (code, words, retryable) => {
    const failing: unknown = () => Promise.reject(systemError(code));
    const lake = new DirectoryLake(fresh(), "./lake", ioWith({ mkdir: failing as DirectoryIo["mkdir"] }));
    const error = await lake.put("k/x", Buffer.from("x")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    const { message, retryable: again, key } = error as StorageError;
    expect(message).toMatch(words);
    expect(message).toContain("lake ./lake: cannot write k/x");
    expect(message).not.toContain("content");
    expect({ again, key }).toEqual({ again: retryable, key: "k/x" });
  });

  it.each([
    ["ENOSPC", true],
    ["EDQUOT", true],
    ["EIO", false],
    ["EXOTIC", false],
  ])("shows nothing and leaves nothing when writing fails with %s", async (code, retryable) => {
    const directory = fresh();
    const lake = new DirectoryLake(directory, "./lake", failingWrites(code));
    await expect(lake.put("k/x", Buffer.from("x"))).rejects.toMatchObject({ name: "StorageError", retryable });
    await expect(lake.put("k/x", Buffer.from("x"))).rejects.toThrow(code);
    expect(await all(lake, "")).toEqual([]);
    expect(await temporaries(directory)).toEqual([]);
    // When there is room again, the same lake goes on.
    expect(await new DirectoryLake(directory).put("k/x", Buffer.from("x"))).toBe("created");
  });

  it("does not take a broken disk for a missing object", async () => {
    const lake = new DirectoryLake(fresh(), "./lake", ioWith({ readFile: () => Promise.reject(systemError("EIO")) }));
    await expect(lake.get("k/x")).rejects.toThrow(
      "lake ./lake: cannot read k/x: the disk reported an input/output error",
    );
  });

  it("goes on where folders cannot be synced", async () => {
    const open: DirectoryIo["open"] = (path, flags) =>
      flags === "r" ? Promise.reject(systemError("EISDIR")) : nodeFs.open(path, flags);
    expect(await new DirectoryLake(fresh(), "./lake", ioWith({ open })).put("k/x", Buffer.from("x"))).toBe("created");
  });

  it("fails when a folder's sync fails for real", async () => {
    const open: DirectoryIo["open"] = async (path, flags) => {
      const file = await nodeFs.open(path, flags);
      if (flags === "r") file.sync = () => Promise.reject(systemError("EIO"));
      return file;
    };
    await expect(new DirectoryLake(fresh(), "./lake", ioWith({ open })).put("k/x", Buffer.from("x"))).rejects.toThrow(
      "EIO",
    );
  });

  it.each(["EPERM", "ENOTSUP", "EXDEV"])("renames where link says %s, and leaves nothing", async (code) => {
    const directory = fresh();
    const lake = new DirectoryLake(directory, "./lake", withoutLinks(code));
    expect(await lake.put("k/x", Buffer.from("first"))).toBe("created");
    expect(await lake.put("k/x", Buffer.from("second"))).toBe("exists");
    expect(await nodeFs.readdir(join(directory, "k"))).toEqual(["x"]);
    expect(await temporaries(directory)).toEqual([]);
  });

  it("reports a link that fails for another reason", async () => {
    const lake = new DirectoryLake(fresh(), "./lake", withoutLinks("EDQUOT"));
    await expect(lake.put("k/x", Buffer.from("x"))).rejects.toThrow(/disk or quota is full/);
  });

  it("keeps a failed rename from being taken for an object", async () => {
    const directory = fresh();
    const io = { ...withoutLinks("EPERM"), rename: () => Promise.reject(systemError("EPERM")) };
    const lake = new DirectoryLake(directory, "./lake", io);
    await expect(lake.put("k/x", Buffer.from("x"))).rejects.toThrow(/read-only for this user/);
    expect(await nodeFs.readdir(join(directory, "k"))).toEqual([]);
  });
});

describe("DirectoryLake.replace", () => {
  it("syncs the new bytes before they take the name, and the folder after", async () => {
    const directory = fresh();
    await new DirectoryLake(directory).put("k/x", Buffer.from("old"));
    const steps: string[] = [];
    const open: DirectoryIo["open"] = async (path, flags) => {
      const file = await nodeFs.open(path, flags);
      const { sync } = file;
      file.sync = async () => {
        steps.push(`sync ${flags === "r" ? relative(directory, String(path)) : (await file.stat()).size}`);
        await sync.call(file);
      };
      return file;
    };
    const rename: DirectoryIo["rename"] = async (from, to) => {
      expect(await nodeFs.readFile(String(to), "utf8")).toBe("old");
      steps.push(`rename ${relative(directory, String(to))}`);
      await nodeFs.rename(from, to);
    };
    await new DirectoryLake(directory, "./lake", ioWith({ open, rename })).replace("k/x", Buffer.from("new bytes"));
    expect(steps).toEqual(["sync 9", "rename k/x", "sync k"]);
    expect(await nodeFs.readdir(join(directory, "k"))).toEqual(["x"]);
  });

  it.each(["ENOSPC", "EIO"])("leaves the old object, and nothing else, when writing fails with %s", async (code) => {
    const directory = fresh();
    await new DirectoryLake(directory).put("k/x", Buffer.from("old"));
    const replaced = new DirectoryLake(directory, "./lake", failingWrites(code)).replace("k/x", Buffer.from("new"));
    await expect(replaced).rejects.toMatchObject({ name: "StorageError", key: "k/x" });
    await expect(replaced).rejects.toThrow(`lake ./lake: cannot replace k/x: `);
    expect(Buffer.from(await new DirectoryLake(directory).get("k/x")).toString()).toBe("old");
    expect(await nodeFs.readdir(join(directory, "k"))).toEqual(["x"]);
  });

  it("does not take a folder for an object", async () => {
    const directory = fresh();
    await nodeFs.mkdir(join(directory, "k/x"), { recursive: true });
    await expect(new DirectoryLake(directory, "./lake").replace("k/x", Buffer.from("x"))).rejects.toThrow(
      /a folder stands where an object belongs/,
    );
  });

  it("shows readers the old object or the new one, never half of one", async () => {
    const directory = fresh();
    const lake = new DirectoryLake(directory);
    const bodies = [1, 2, 3].map((n) => Buffer.alloc(400_000, n));
    await lake.put("k/x", bodies[0]!);
    let done = false;
    const reading = (async () => {
      let reads = 0;
      for (; !done; reads++) {
        const seen = Buffer.from(await lake.get("k/x"));
        expect(bodies.some((body) => body.equals(seen))).toBe(true);
      }
      return reads;
    })();
    for (let round = 0; round < 20; round++) await lake.replace("k/x", bodies[round % 3]!);
    done = true;
    expect(await reading).toBeGreaterThan(0);
  });

  it("shows nothing of what a killed replacement left behind", async () => {
    const directory = fresh();
    const lake = new DirectoryLake(directory);
    await lake.put("k/x", Buffer.from("old"));
    await nodeFs.writeFile(join(directory, "k/.0d3e"), "half an obj");
    expect((await all(lake, "")).map(({ key }) => key)).toEqual(["k/x"]);
  });
});
