import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import type { Configuration } from "./modules.ts";
import { EXAMPLES, MODULES, readConfiguration, textsIn } from "./modules.ts";

/**
 * What `terraform validate` says of names and cycles, for modules whose providers are not at hand. It knows nothing of a
 * provider's schema.
 */

/** An address inside one configuration: `var.x`, `local.x`, `data.T.N`, `T.N`, `module.M.output`. */
function* referencesIn(value: unknown, types: ReadonlySet<string>): Generator<string> {
  for (const text of textsIn(value)) {
    for (const [, expression] of expressionsOf(text)) {
      // Quoted text inside an expression holds no references, except in templates of its own.
      const code = expression!.replace(/"(?:[^"\\$]|\\.)*"/g, '""');
      for (const [address] of code.matchAll(
        /(?<![\w.])(?:var|local)\.\w+|(?<![\w.])module\.\w+\.\w+|(?<![\w.])data\.\w+\.\w+/g,
      )) {
        yield address;
      }
      for (const [address, type] of code.matchAll(/(?<![\w.])([a-z]+_\w+)\.\w+/g))
        if (types.has(type!.split("_")[0]!)) yield address;
    }
  }
}

/** Templates, brackets counted, so that objects inside do not end them. `&{` is a policy variable, `$${` an escape. */
function* expressionsOf(text: string): Generator<[string, string]> {
  for (let start = text.indexOf("${"); start !== -1; start = text.indexOf("${", start + 2)) {
    let depth = 1;
    let end = start + 2;
    for (; end < text.length && depth > 0; end++) depth += text[end] === "{" ? 1 : text[end] === "}" ? -1 : 0;
    yield [text.slice(start, end), text.slice(start + 2, end - 1)];
  }
}

const PROVIDER_PREFIXES = new Set(["aws", "google", "azurerm", "azuread", "azapi", "random", "terraform"]);

/** Every block that can be pointed at, with what it points at. */
function graphOf(configuration: Configuration): Map<string, Set<string>> {
  const nodes: [string, unknown][] = [
    ...[...configuration.variables.keys()].map((name): [string, unknown] => [`var.${name}`, ""]),
    ...[...configuration.locals].map(([name, value]): [string, unknown] => [`local.${name}`, value]),
    ...[...configuration.data].map(([address, body]): [string, unknown] => [`data.${address}`, body]),
    ...configuration.resources,
    ...[...configuration.outputs].map(([name, body]): [string, unknown] => [`output.${name}`, body["value"]]),
  ];
  return new Map(nodes.map(([address, value]) => [address, new Set(referencesIn(value, PROVIDER_PREFIXES))]));
}

/** The first cycle that is found, as a path. */
function cycleIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const visit = (node: string, path: string[]): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return [];
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle.length > 0) return cycle;
    }
    done.add(node);
    return [];
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

const modules = new Map<string, Configuration>();
for (const name of MODULES) modules.set(name, await readConfiguration(`modules/${name}`));
const examples = new Map<string, Configuration>();
for (const name of EXAMPLES) examples.set(name, await readConfiguration(`examples/${name}`));

describe.each([...modules])("modules/%s", (_, configuration) => {
  const graph = graphOf(configuration);
  const used = new Set([...graph.values()].flatMap((references) => [...references]));

  it("refers only to what it declares", () => {
    expect(used.size).toBeGreaterThan(10);
    expect([...used].filter((address) => !graph.has(address))).toEqual([]);
  });

  it("uses every variable and local", () => {
    const inConditions = new Set(
      [...configuration.variables.values()].flatMap((body) => [
        ...referencesIn(body["validation"] ?? "", PROVIDER_PREFIXES),
      ]),
    );
    const idle = [...graph.keys()].filter((address) => /^(?:var|local)\./.test(address) && !used.has(address));
    expect(idle.filter((address) => address.startsWith("local.") || !inConditions.has(address))).toEqual([]);
    expect(idle).toEqual([]);
  });

  it("has no cycle", () => expect(cycleIn(graph)).toEqual([]));
});

describe.each([...examples])("examples/%s", (_, example) => {
  const called = [...example.modules].map(([name, body]) => ({
    name,
    body,
    module: modules.get(basename(String(body["source"])))!,
  }));

  it("gives each module its required inputs, and no unknown ones", () => {
    expect(called.length).toBeGreaterThan(0);
    for (const { name, body, module } of called) {
      const given = Object.keys(body).filter((key) => key !== "source");
      expect(
        given.filter((key) => !module.variables.has(key)),
        name,
      ).toEqual([]);
      const required = [...module.variables].filter(([, variable]) => !("default" in variable)).map(([key]) => key);
      expect(
        required.filter((key) => !given.includes(key)),
        name,
      ).toEqual([]);
    }
  });

  it("takes only outputs that exist, and can be applied in one go: no cycle through the modules", () => {
    const graph = new Map<string, Set<string>>();
    for (const { name, body, module } of called) {
      for (const [address, references] of graphOf(module)) {
        graph.set(`${name}/${address}`, new Set([...references].map((reference) => `${name}/${reference}`)));
      }
      for (const [input, value] of Object.entries(body)) {
        if (input === "source") continue;
        const outputs = [...referencesIn(value, PROVIDER_PREFIXES)].flatMap((reference) => {
          const [, from, output] = /^module\.(\w+)\.(\w+)$/.exec(reference) ?? [];
          return from === undefined ? [] : [`${from}/output.${output}`];
        });
        graph.set(`${name}/var.${input}`, new Set(outputs));
      }
    }
    const pointedAt = [...graph.values()].flatMap((references) => [...references]);
    expect(pointedAt.filter((address) => address.includes("/output.") && !graph.has(address))).toEqual([]);
    expect(cycleIn(graph)).toEqual([]);
  });
});

describe("the search for cycles", () => {
  it("finds one", () => {
    const graph = new Map([
      ["a", new Set(["b"])],
      ["b", new Set(["c"])],
      ["c", new Set(["b"])],
    ]);
    expect(cycleIn(graph)).toEqual(["b", "c", "b"]);
  });

  it("reads references out of templates, not out of quoted text", () => {
    const text = `\${merge({ a = var.x }, { for n in local.y : n => "var.no" == data.aws_region.z.id }, aws_kms_key.k[0].arn)}`;
    expect([...referencesIn([text, "var.plain"], PROVIDER_PREFIXES)].sort()).toEqual([
      "aws_kms_key.k",
      "data.aws_region.z",
      "local.y",
      "var.x",
    ]);
  });
});
