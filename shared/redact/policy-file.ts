import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLMap } from "yaml";
import { DETECTORS } from "./detectors.ts";
import type { Mode, PolicyPath, RedactionPolicy } from "./policy.ts";
import type { Treatment } from "./rule.ts";
import { FIXED_RULES, RULES } from "./rules.ts";

export type PolicyFile =
  | {
      ok: true;
      policy: RedactionPolicy;
      /** Where the file takes out less than the built-in rules, a line each, for the report. */
      loosened: string[];
    }
  | {
      ok: false;
      /** `redaction.yaml:12:5 unknown key "x"`, in file order. */
      problems: string[];
    };

const MODES: readonly Mode[] = ["fingerprint", "marker", "drop", "keep"];
/** Less is stricter. A fingerprint says more than a marker: that two values are equal. */
const OPENNESS: Readonly<Record<Treatment, number>> = { drop: 0, marker: 1, fingerprint: 2, scan: 3, keep: 4 };

const MAX_LISTED = 50;

/**
 * Reads the text of a `redaction.yaml` (format: docs/redaction.md). Never throws; problems carry line and column. `name`: what
 * to call the file in them.
 */
export function parsePolicyFile(text: string, name = "redaction.yaml"): PolicyFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: "silent",
    prettyErrors: false,
    uniqueKeys: true,
  });
  const reader = new Reader(name, lines);
  for (const error of document.errors) reader.problem(error.pos[0], `not valid YAML (${error.code})`);
  if (document.errors.length === 0 && document.contents !== null) {
    if (isMap(document.contents)) reader.file(document.contents);
    else reader.problem(0, "must be a map with version: 1");
  } else if (document.contents === null) reader.problem(0, "is empty: must be a map with version: 1");
  if (reader.problems.length > 0) return { ok: false, problems: reader.inOrder() };
  return { ok: true, policy: reader.policy, loosened: reader.loosened };
}

type Node = unknown;

class Reader {
  readonly problems: { at: number; text: string }[] = [];
  readonly loosened: string[] = [];
  readonly policy: RedactionPolicy = {};
  private readonly name: string;
  private readonly lines: LineCounter;
  private readonly defaults: ReadonlyMap<string, Treatment>;

  constructor(name: string, lines: LineCounter) {
    this.name = name;
    this.lines = lines;
    const detectors = DETECTORS.map(({ id }): [string, Treatment] => [id, "fingerprint"]);
    this.defaults = new Map([...detectors, ...RULES.map(({ id, treatment }): [string, Treatment] => [id, treatment])]);
  }

  problem(at: number, text: string): void {
    this.problems.push({ at, text });
  }

  inOrder(): string[] {
    const sorted = this.problems.toSorted((a, b) => a.at - b.at).slice(0, MAX_LISTED);
    return sorted.map(({ at, text }) => {
      const { line, col } = this.lines.linePos(at);
      return `${this.name}:${Math.max(line, 1)}:${Math.max(col, 1)} ${text}`;
    });
  }

  file(map: YAMLMap): void {
    let version: Node;
    this.each(map, {
      version: (node) => {
        version = isScalar(node) ? node.value : node;
        if (version !== 1) this.problem(offset(node), "version must be 1");
      },
      rules: (node) => this.rules(node),
      configMaps: (node) =>
        this.allowList(node, "configMaps", /^(?:[a-z0-9.-]{1,253}|\*)\/(?:[a-z0-9.-]{1,253}|\*)$/, "namespace/name"),
      env: (node) => this.allowList(node, "env", /^[A-Za-z_][A-Za-z0-9_.-]{0,254}$/, "a variable's name"),
      annotations: (node) =>
        this.allowList(node, "annotations", /^[A-Za-z0-9][A-Za-z0-9./_-]{0,319}$/, "an annotation's key"),
      paths: (node) => this.paths(node),
      unknownCustomResources: (node) => {
        const value = scalar(node);
        if (value === "scan" || value === "drop") this.policy.unknownCustomResources = value;
        else this.problem(offset(node), "unknownCustomResources must be scan or drop");
      },
    });
    if (version === undefined) this.problem(0, "version: 1 is missing");
  }

  private rules(node: Node): void {
    if (!isMap(node)) {
      this.problem(offset(node), "rules must be a map of rule to mode");
      return;
    }
    const modes: Record<string, Mode> = {};
    for (const pair of node.items) {
      const id = scalar(pair.key);
      const standard = this.defaults.get(id);
      if (standard === undefined)
        this.problem(offset(pair.key), `unknown rule ${quote(id)}; the rules are in docs/redaction.md`);
      else if (FIXED_RULES.has(id)) this.problem(offset(pair.key), `rule "${id}" cannot be changed`);
      else {
        const mode = MODES.find((candidate) => candidate === scalar(pair.value));
        if (mode === undefined) this.problem(offset(pair.value ?? pair.key), `mode must be one of ${MODES.join(", ")}`);
        else {
          modes[id] = mode;
          if (OPENNESS[mode] > OPENNESS[standard]) this.loose(pair, `rules.${id}: ${mode} (was ${standard})`);
        }
      }
    }
    this.policy.rules = modes;
  }

  private allowList(node: Node, key: "configMaps" | "env" | "annotations", pattern: RegExp, form: string): void {
    if (!isMap(node)) {
      this.problem(offset(node), `${key} must be a map with allow`);
      return;
    }
    this.each(node, {
      allow: (list) => {
        if (!isSeq(list)) return this.problem(offset(list), "allow must be a list");
        const names: string[] = [];
        for (const item of list.items) {
          const value = scalar(item);
          if (!pattern.test(value)) this.problem(offset(item), `must be ${form}`);
          else {
            names.push(value);
            this.loose(item, `${key}.allow: ${value}`);
          }
        }
        this.policy[key] = { allow: names };
      },
    });
  }

  private paths(node: Node): void {
    if (!isSeq(node)) {
      this.problem(offset(node), "paths must be a list of {kind, path}");
      return;
    }
    const paths: PolicyPath[] = [];
    for (const item of node.items) {
      if (!isMap(item)) {
        this.problem(offset(item), "must be {kind, path}");
        continue;
      }
      const entry = { kind: "", path: "" };
      this.each(item, {
        kind: (value) => {
          entry.kind = scalar(value);
        },
        path: (value) => {
          entry.path = scalar(value);
        },
      });
      if (!/^[A-Za-z][A-Za-z0-9]{0,62}$/.test(entry.kind))
        this.problem(offset(item), "kind must be a kind, for example Widget");
      else if (!/^[^.\s/]{1,253}(?:\.[^.\s/]{1,253}){0,63}$/.test(entry.path)) {
        this.problem(offset(item), "path must be dotted, for example spec.auth.pin (lists are left out)");
      } else paths.push(entry);
    }
    this.policy.paths = paths;
  }

  private each(map: YAMLMap, keys: Readonly<Record<string, (value: Node) => void>>): void {
    for (const pair of map.items) {
      const key = scalar(pair.key);
      if (Object.hasOwn(keys, key)) keys[key]!(pair.value);
      else this.problem(offset(pair.key), `unknown key ${quote(key)}; known are ${Object.keys(keys).join(", ")}`);
    }
  }

  private loose(node: Node | Pair, what: string): void {
    const at = typeof node === "object" && node !== null && "key" in node ? offset(node.key) : offset(node);
    this.loosened.push(`${this.name}:${this.lines.linePos(at).line} ${what}`);
  }
}

function scalar(node: Node): string {
  return isScalar(node) && typeof node.value === "string" ? node.value : "";
}

function offset(node: Node): number {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === "number" ? range[0] : 0;
}

/** A policy file is the operator's own text; still, only what reads like a name is repeated. */
function quote(key: string): string {
  return /^[A-Za-z0-9._-]{1,64}$/.test(key) ? `"${key}"` : "(not a name)";
}
