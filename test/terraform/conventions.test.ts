import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Body, Configuration } from "./modules.ts";
import { EXAMPLES, MODULES, readConfiguration, TERRAFORM } from "./modules.ts";

const folders = [...MODULES.map((name) => `modules/${name}`), ...EXAMPLES.map((name) => `examples/${name}`)];
const configurations = new Map<string, Configuration>();
for (const folder of folders) configurations.set(folder, await readConfiguration(folder));

/** Settings that are free in their form: nothing of them can be checked. */
const UNVALIDATED = new Set(["tags", "labels"]);

describe.each([...configurations])("%s", (folder, configuration) => {
  const isModule = folder.startsWith("modules/");

  it("pins Terraform and every provider from below and from above", () => {
    expect(String(configuration.terraform["required_version"])).toMatch(/^>= 1\.\d+, < 2\.0$/);
    const providers = (configuration.terraform["required_providers"] as Body[])[0]!;
    expect(Object.keys(providers).length).toBeGreaterThan(0);
    for (const [name, provider] of Object.entries(providers) as [string, Body][]) {
      expect(provider["source"], name).toMatch(/^[A-Za-z]+\/[a-z]+$/);
      expect(provider["version"], name).toMatch(/^>= \d+\.\d+, < \d+\.0$/);
    }
  });

  it("names every provider that its resources belong to", () => {
    const providers = Object.keys((configuration.terraform["required_providers"] as Body[])[0]!);
    const used = [...configuration.resources.keys(), ...configuration.data.keys()].map((type) => type.split("_")[0]!);
    // terraform_data is part of Terraform.
    expect(used.filter((provider) => provider !== "terraform" && !providers.includes(provider))).toEqual([]);
  });

  it("documents and types every variable, and checks what can be checked", () => {
    for (const [name, body] of configuration.variables) {
      expect(String(body["description"] ?? "").length, name).toBeGreaterThan(20);
      expect(String(body["description"]), name).toMatch(/[.:]$/);
      expect(body["type"], name).toBeTypeOf("string");
      if (!isModule || body["type"] === `\${bool}` || UNVALIDATED.has(name)) continue;
      const rules = (body["validation"] ?? []) as Body[];
      expect(rules.length, `${name} has no validation`).toBeGreaterThan(0);
      for (const rule of rules) expect(String(rule["error_message"]), name).toMatch(/\.$/);
    }
  });

  it("documents every output", () => {
    for (const [name, body] of configuration.outputs) {
      expect(String(body["description"] ?? "").length, name).toBeGreaterThan(10);
    }
  });

  it("holds no secret, and no default that looks like one", () => {
    const secret =
      /AKIA[0-9A-Z]{16}|-----BEGIN|SharedAccessKey=|AccountKey=|client_secret|password\s*=|eyJ[A-Za-z0-9_-]{10}/;
    for (const [file, text] of configuration.texts) expect(secret.test(text), file).toBe(false);
    for (const [name, body] of configuration.variables) {
      const value = body["default"];
      if (typeof value === "string") expect(value, name).not.toMatch(/[A-Za-z0-9+/_-]{24,}/);
      expect(/secret|password|token|key$/.test(name) && value !== undefined, `${name} has a default`).toBe(false);
    }
  });

  it("names only identities of documentation", () => {
    for (const [file, text] of configuration.texts) {
      for (const [account] of text.matchAll(/(?<![0-9])\d{12}(?![0-9])/g)) expect(account, file).toBe("111122223333");
    }
  });
});

describe.each(MODULES)("modules/%s", (name) => {
  const configuration = configurations.get(`modules/${name}`)!;
  const readme = readFileSync(join(TERRAFORM, "modules", name, "README.md"), "utf8");
  const section = (title: string) =>
    new RegExp(`^## ${title}\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(readme)?.[1];

  it("has the files that a module has", () => {
    for (const file of ["versions.tf", "variables.tf", "outputs.tf", "README.md"]) {
      expect(existsSync(join(TERRAFORM, "modules", name, file)), file).toBe(true);
    }
    for (const file of configuration.texts.keys()) {
      const lines = configuration.texts.get(file)!.split("\n").length;
      expect(lines, `${file} is too long to be about one thing`).toBeLessThanOrEqual(300);
    }
  });

  it("says in its README how to use it, what it creates and which rights it gives", () => {
    for (const title of ["Usage", "What it creates", "Rights", "Inputs", "Outputs"]) {
      expect(section(title)?.trim().length, title).toBeGreaterThan(40);
    }
  });

  it("lists every input in its README, in the variable's own words", () => {
    const rows = [...section("Inputs")!.matchAll(/^\| `(\w+)` +\| (required|optional) +\| (.*?) +\|$/gm)];
    expect(rows.map(([, variable]) => variable)).toEqual([...configuration.variables.keys()]);
    for (const [, variable, need, description] of rows) {
      const body = configuration.variables.get(variable!)!;
      expect(description, variable).toBe(body["description"]);
      expect(need, variable).toBe("default" in body ? "optional" : "required");
    }
  });

  it("lists every output in its README", () => {
    const rows = [...section("Outputs")!.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)];
    expect(rows.map(([, output]) => output)).toEqual([...configuration.outputs.keys()]);
    for (const [, output, description] of rows) {
      expect(description, output).toBe(configuration.outputs.get(output!)!["description"]);
    }
  });

  it("is used by an example", () => {
    const users = EXAMPLES.filter((example) =>
      [...configurations.get(`examples/${example}`)!.texts.values()].some((text) => text.includes(`/modules/${name}"`)),
    );
    expect(users.length).toBeGreaterThan(0);
  });

  it("is documented where people look for it", () => {
    expect(readme).toMatch(/docs\/deploy\/(?:aws|google|azure)\.md/);
  });
});
