import { resolve } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { LakeUrlError, openLake } from "../../../shared/lake/open.ts";
import { S3Lake } from "../../../shared/lake/s3.ts";

describe("openLake", () => {
  it.each([
    ["./lake", resolve("lake")],
    ["../lake", resolve("..", "lake")],
    [".", resolve(".")],
    ["/var/lake", "/var/lake"],
    ["/var/lake/", "/var/lake"],
    ["file:///var/my%20lake", "/var/my lake"],
  ])("opens the folder %s", async (url, directory) => {
    expect(await openLake(url)).toMatchObject({ url, directory });
  });

  it.each(["s3://audit-lake", "s3://audit-lake/", "s3://audit-lake/trail", "s3://audit-lake/a/b-c/d=e/"])(
    "opens %s",
    async (url) => {
      const lake = await openLake(url, {});
      expect(lake).toBeInstanceOf(S3Lake);
      expect(lake.url).toBe(url);
      expect(lake.directory).toBeUndefined();
    },
  );

  it.each([
    ["", /is not a lake/],
    ["lake", /for a folder here write \.\/lake$/],
    ["bucket/prefix", /write \.\/bucket\/prefix$/],
    ["~/lake", /is not a lake/],
    ["--lake", /is not a lake/],
    ["...", /is not a lake/],
    ["gs://bucket/prefix", /of no known kind/],
    ["https://audit-lake.s3.amazonaws.com/", /of no known kind/],
    ["file://host/lake", /must begin with file:\/\/\//],
    ["file:lake", /must begin with file:\/\/\//],
    ["file:///a%2Fb", /not a valid file URL/],
    ["s3:/audit-lake", /names no bucket/],
    ["s3://", /names no bucket/],
    ["s3://a", /names no bucket/],
    ["s3://-bucket/x", /names no bucket/],
    ["s3://audit-lake?x=1", /names no bucket/],
    ["s3://audit-lake/a//b", /empty parts/],
    ["s3://audit-lake//", /empty parts/],
    ["s3://audit-lake/../b", /empty parts, dots/],
    ["s3://audit-lake/a b", /special characters/],
    ["./a\0b", /NUL/],
  ])("refuses %j and says what a lake is", async (url, words) => {
    const error = await openLake(url).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LakeUrlError);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).toContain("a lake is ./folder, /folder, file:///folder or s3://bucket/prefix");
  });

  it("loads the AWS SDK only for an S3 lake", async () => {
    const { metafile } = await build({
      entryPoints: ["shared/lake/open.ts"],
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      write: false,
      metafile: true,
      outdir: "out",
    });
    const sdk = (file: string): string[] =>
      metafile.inputs[file]!.imports.filter(({ path }) => path.startsWith("@aws-sdk/")).map(({ kind }) => kind);
    const users = Object.keys(metafile.inputs).filter((file) => sdk(file).length > 0);
    expect(users).toEqual(["shared/lake/s3.ts"]);
    const importers = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
      imports.filter(({ path }) => path === "shared/lake/s3.ts").map(({ kind }) => `${file} ${kind}`),
    );
    expect(importers).toEqual(["shared/lake/open.ts dynamic-import"]);
  });
});
