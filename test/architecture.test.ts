import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const IMPORT =
  /(?:^|\n)\s*(?:import|export)[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)\s*import\s+"([^"]+)"/g;

/** Which top folders each may import from: `infra` and `cli` -> `functions` -> `shared`. */
const ALLOWED: Record<string, readonly string[]> = {
  shared: ["shared"],
  functions: ["functions", "shared"],
  cli: ["cli", "functions", "shared"],
  // The demo replays simulated traffic, through the same code as everything else.
  demo: ["demo", "cli", "functions", "shared", "test/simulator"],
  infra: ["infra"],
};

/** Packages that `shared` may use, and where: one file writes to S3, two read YAML. */
const SHARED_PACKAGES: Record<string, readonly string[]> = {
  "shared/lake/s3.ts": ["@aws-sdk/client-s3", "@smithy/node-http-handler"],
  "shared/redact/policy-file.ts": ["yaml"],
  "shared/redact/nested.ts": ["yaml"],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(".ts"));
}

function importsOf(folder: string): Import[] {
  return sources(folder).flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(IMPORT)].map((match) => ({
      file,
      target: (match[1] ?? match[2] ?? match[3])!,
    })),
  );
}

const relativeTarget = ({ file, target }: Import) => relative(ROOT, resolve(ROOT, dirname(file), target));

describe("architecture", () => {
  for (const [folder, allowed] of Object.entries(ALLOWED)) {
    it(`${folder} imports only from ${allowed.join(", ")}`, () => {
      const wrong = importsOf(folder)
        .filter(({ target }) => target.startsWith("."))
        .filter((imported) => !allowed.some((prefix) => relativeTarget(imported).startsWith(`${prefix}/`)));
      expect(wrong).toEqual([]);
    });
  }

  it("finds imports at all (or the tests above could not fail)", () => {
    expect(importsOf("shared").length).toBeGreaterThan(20);
    expect(importsOf("functions").some(({ target }) => target.includes("/shared/"))).toBe(true);
  });

  it("shared uses Node's modules and no package, three named files excepted", () => {
    const wrong = importsOf("shared")
      .filter(({ target }) => !target.startsWith(".") && !target.startsWith("node:"))
      .filter(({ file, target }) => !SHARED_PACKAGES[file]?.includes(target));
    expect(wrong).toEqual([]);
  });

  it("only the lake's opening loads the S3 file, and lazily", () => {
    const loading = importsOf("shared").filter((imported) => relativeTarget(imported) === "shared/lake/s3.ts");
    expect([...new Set(loading.map(({ file }) => file))]).toEqual(["shared/lake/open.ts"]);
    expect(readFileSync(join(ROOT, "shared/lake/open.ts"), "utf8")).toContain('await import("./s3.ts")');
  });

  it("every adapter folder has a README, tests and fixtures", () => {
    for (const name of ["eks", "gke", "aks", "kubernetes"]) {
      for (const path of [
        `functions/${name}/decode.ts`,
        `functions/${name}/README.md`,
        `test/functions/${name}`,
        `test/fixtures/${name}`,
      ]) {
        expect(existsSync(join(ROOT, path)), path).toBe(true);
      }
    }
  });

  it("no source file grows past 300 lines", () => {
    const long = [...Object.keys(ALLOWED), "bench"]
      .flatMap(sources)
      .map((file) => ({ file, lines: readFileSync(join(ROOT, file), "utf8").split("\n").length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });
});
