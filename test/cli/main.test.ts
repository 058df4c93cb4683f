import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, scratchFolder } from "./capture.ts";

const folder = scratchFolder();

describe("clustertrail", () => {
  it("prints help, and usage errors with exit code 2", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, stderr: "" });
    expect((await run()).code).toBe(2);
    const unknown = await run("inject");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("the commands are ingest, listen, ");
  });

  for (const command of ["ingest", "listen", "query"]) {
    it(`${command} --help has examples`, async () => {
      const { code, stdout } = await run(command, "--help");
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n {2}.*clustertrail/);
    });

    it(`${command} names an unknown flag and a missing lake`, async () => {
      const unknown = await run(command, "--nope");
      expect(unknown.code).toBe(2);
      expect(unknown.stderr).toContain("--nope");
      const missing = await run(command, ...(command === "listen" ? [] : ["top-users"]));
      expect(missing.code).toBe(2);
      expect(missing.stderr).toContain("--lake");
    });
  }

  const usage: [string, string[], string][] = [
    ["no input", ["ingest", "--lake", join(folder, "l")], "no input"],
    ["a wrong source", ["ingest", "--lake", join(folder, "l"), "--source", "ecs", "x"], "--source takes one of eks"],
    ["a wrong format", ["ingest", "--lake", join(folder, "l"), "--format", "xml", "x"], "--format takes one of table"],
    ["a lake that is no lake", ["ingest", "--lake", "ftp://x/y", "x"], "ftp"],
    ["a wrong port", ["listen", "--lake", join(folder, "l"), "--port", "http"], "--port"],
    [
      "a missing token file",
      ["listen", "--lake", join(folder, "l"), "--token-file", join(folder, "none")],
      "--token-file",
    ],
  ];
  for (const [name, argv, message] of usage) {
    it(`says what is wrong with ${name}`, async () => {
      const { code, stderr } = await run(...argv);
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    });
  }
});
