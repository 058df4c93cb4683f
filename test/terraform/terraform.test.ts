import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { EXAMPLES, MODULES, readConfiguration, TERRAFORM } from "./modules.ts";

/**
 * What the terraform program itself has to say. Providers come from a folder in the layout of a plugin mirror, never from
 * the network: CLUSTERTRAIL_TF_PLUGINS, else the first of the usual places that exists.
 */
const found = spawnSync("terraform", ["version", "-json"], { encoding: "utf8", env: quiet() }).status === 0;
const mirror = [
  process.env["CLUSTERTRAIL_TF_PLUGINS"],
  "/usr/share/terraform/plugins",
  "/usr/local/share/terraform/plugins",
].find((folder) => folder !== undefined && existsSync(folder));
if (!found) console.log("terraform is not installed: formatting and validation are not tested");
else if (mirror === undefined) console.log("no folder with Terraform providers: modules are not validated");

/** `hashicorp/aws` to the newest version in the mirror. */
const versions = new Map<string, string>();
if (mirror !== undefined) {
  for (const host of readdirSync(mirror)) {
    for (const owner of readdirSync(join(mirror, host))) {
      for (const name of readdirSync(join(mirror, host, owner))) {
        const newest = readdirSync(join(mirror, host, owner, name))
          .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
          .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
          .at(-1);
        if (newest !== undefined) versions.set(`${owner}/${name}`, newest);
      }
    }
  }
}

const work = mkdtempSync(join(tmpdir(), "clustertrail-terraform-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Neither a configuration file of the machine nor a look for updates. */
function quiet(): NodeJS.ProcessEnv {
  return { ...process.env, TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };
}

describe.runIf(found)("terraform", () => {
  it("finds nothing to format", () => {
    const result = spawnSync("terraform", ["fmt", "-check", "-recursive", TERRAFORM], {
      encoding: "utf8",
      env: quiet(),
    });
    expect(result.stdout).toBe("");
    expect(result.status).toBe(0);
  });

  const folders = [...MODULES.map((name) => `modules/${name}`), ...EXAMPLES.map((name) => `examples/${name}`)];
  it.runIf(mirror !== undefined).each(folders)(
    "validates %s, if its providers are here",
    async (folder) => {
      const needed = await providersOf(folder);
      const missing = needed.filter((provider) => !versions.has(provider.source));
      if (missing.length > 0) {
        console.log(`${folder}: not validated, no provider ${missing.map(({ source }) => source).join(", ")}`);
        // Not a pass by default: that a provider is missing is itself a fact to check.
        expect(missing.every(({ source }) => !existsSync(join(mirror!, "registry.terraform.io", source)))).toBe(true);
        return;
      }
      const copy = join(work, folder);
      cpSync(TERRAFORM, work, { recursive: true });
      for (const name of folder === "examples/aws" ? ["modules/lake", "modules/eks-source", folder] : [folder]) {
        await useVersionsOfTheMirror(name);
      }
      const run = (...args: string[]) => execFileSync("terraform", args, { cwd: copy, encoding: "utf8", env: quiet() });
      run("init", "-input=false", "-no-color", `-plugin-dir=${mirror}`);
      const report = JSON.parse(run("validate", "-json")) as {
        valid: boolean;
        diagnostics: { severity: string; summary: string }[];
      };
      expect(report.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(report.valid).toBe(true);
    },
    120_000,
  );
});

interface Provider {
  readonly name: string;
  readonly source: string;
}

async function providersOf(folder: string): Promise<Provider[]> {
  const { terraform } = await readConfiguration(folder);
  const [providers] = terraform["required_providers"] as Record<string, { source: string }>[];
  return Object.entries(providers!).map(([name, { source }]) => ({ name, source }));
}

/**
 * Overrides the pinned version by the one at hand, in the copy. A provider from before Node.js 24 refuses the name of
 * the runtime and has no other complaint that we want to hear about it.
 */
async function useVersionsOfTheMirror(folder: string): Promise<void> {
  const lines = (await providersOf(folder)).map(
    ({ name, source }) => `${name} = {\nsource = "${source}"\nversion = "${versions.get(source)}"\n}`,
  );
  const runtime =
    folder === "modules/eks-source" && Number(versions.get("hashicorp/aws")?.split(".")[0]) < 6
      ? 'resource "aws_lambda_function" "ingest" {\nruntime = "nodejs22.x"\n}\n'
      : "";
  writeFileSync(
    join(work, folder, "mirror_override.tf"),
    `terraform {\nrequired_providers {\n${lines.join("\n")}\n}\n}\n${runtime}`,
  );
}
