import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "@cdktf/hcl2json";

export const TERRAFORM = resolve(import.meta.dirname, "../../infra/terraform");

export const MODULES = readdirSync(join(TERRAFORM, "modules")).sort();
export const EXAMPLES = readdirSync(join(TERRAFORM, "examples")).sort();

/** A block's body as the parser gives it: expressions are texts of the form `${...}`, nested blocks are lists. */
export type Body = Readonly<Record<string, unknown>>;

/** One folder of .tf files, read as one configuration. */
export interface Configuration {
  readonly variables: ReadonlyMap<string, Body>;
  readonly outputs: ReadonlyMap<string, Body>;
  /** `type.name` to body; `count` and `for_each` are part of the body. */
  readonly resources: ReadonlyMap<string, Body>;
  readonly data: ReadonlyMap<string, Body>;
  readonly locals: ReadonlyMap<string, unknown>;
  /** Calls of modules, by name. */
  readonly modules: ReadonlyMap<string, Body>;
  readonly terraform: Body;
  /** Every file's text, by name. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Parses all .tf files of `folder`, which is below infra/terraform. @throws when one is not HCL. */
export async function readConfiguration(folder: string): Promise<Configuration> {
  const path = join(TERRAFORM, folder);
  const texts = new Map<string, string>();
  const merged = { variable: {}, output: {}, resource: {}, data: {}, module: {}, locals: {}, terraform: [] as Body[] };
  for (const name of readdirSync(path).sort()) {
    if (!name.endsWith(".tf")) continue;
    const text = readFileSync(join(path, name), "utf8");
    texts.set(name, text);
    const parsed = (await parse(name, text)) as Record<string, Record<string, unknown>>;
    Object.assign(merged.variable, parsed["variable"]);
    Object.assign(merged.output, parsed["output"]);
    Object.assign(merged.module, parsed["module"]);
    Object.assign(merged.locals, ...((parsed["locals"] ?? []) as unknown as Body[]));
    for (const kind of ["resource", "data"] as const) {
      for (const [type, named] of Object.entries(parsed[kind] ?? {})) {
        const known = merged[kind] as Record<string, object>;
        known[type] = { ...known[type], ...(named as object) };
      }
    }
    merged.terraform.push(...((parsed["terraform"] ?? []) as Body[]));
  }
  return {
    variables: named(merged.variable),
    outputs: named(merged.output),
    resources: typed(merged.resource),
    data: typed(merged.data),
    locals: new Map(Object.entries(merged.locals)),
    modules: named(merged.module),
    terraform: Object.assign({}, ...merged.terraform),
    texts,
  };
}

function named(blocks: Record<string, unknown>): Map<string, Body> {
  return new Map(Object.entries(blocks).map(([name, bodies]) => [name, (bodies as Body[])[0]!]));
}

function typed(blocks: Record<string, unknown>): Map<string, Body> {
  return new Map(
    Object.entries(blocks).flatMap(([type, byName]) =>
      Object.entries(byName as Record<string, Body[]>).map(
        ([name, bodies]) => [`${type}.${name}`, bodies[0]!] as const,
      ),
    ),
  );
}

/** The resources of one type, by name. */
export function ofType(configuration: Configuration, type: string): Map<string, Body> {
  return new Map(
    [...configuration.resources].flatMap(([address, body]) =>
      address.startsWith(`${type}.`) ? [[address.slice(type.length + 1), body] as const] : [],
    ),
  );
}

/** Nested blocks of one kind, those made by `dynamic` included. */
export function blocks(body: Body, kind: string): Body[] {
  const plain = (body[kind] ?? []) as Body[];
  const dynamic = ((body["dynamic"] as Record<string, Body[]> | undefined)?.[kind] ?? []) as Body[];
  return [...plain, ...dynamic.flatMap((block) => block["content"] as Body[])];
}

/** All texts in a body, however deep. */
export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (Array.isArray(value)) for (const item of value) yield* textsIn(item);
  else if (typeof value === "object" && value !== null) for (const item of Object.values(value)) yield* textsIn(item);
}
