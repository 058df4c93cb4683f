import { readFileSync } from "node:fs";
import * as v from "valibot";
import { isAlias, isMap, isPair, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { crossChecks } from "./cross-checks.ts";
import { type Config, configSchema } from "./schema.ts";

/** A key by its way from the top: `["deployments", 0, "eks"]`. */
export type KeyPath = readonly (string | number)[];

/** What is wrong with one key; `message` completes the sentence that the key begins. */
export interface Finding {
  readonly path: KeyPath;
  readonly message: string;
}

/** The configuration is not usable. `message` has one line for each fault: `file:line:column key what is wrong`. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads and checks the file. @throws ConfigError */
export function loadConfig(file: string): Config {
  let source: string;
  try {
    source = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`);
  }
  return parseConfig(source, file);
}

/**
 * @param source YAML 1.2 text.
 * @param file the name that messages begin with.
 * @throws ConfigError with all faults, in the order of the file. Values are not quoted: someone may have put a secret
 * where an ARN belongs.
 */
export function parseConfig(source: string, file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new ConfigError(document.errors.map(({ pos, code }) => `${at(pos[0])} is not YAML (${code})`).join("\n"));
  }
  const result = v.safeParse(configSchema, document.toJS({ maxAliasCount: 100 }) ?? {});
  const findings = result.success ? crossChecks(result.output) : result.issues.map(findingOf);
  if (result.success && findings.length === 0) return result.output;
  const located = findings.map(({ path, message }) => ({
    offset: offsetOf(document.contents, path),
    text: `${keyOf(path)} ${message}`,
  }));
  located.sort((a, b) => a.offset - b.offset);
  throw new ConfigError(located.map(({ offset, text }) => `${at(offset)} ${text}`).join("\n"));
}

// --- Internal helpers ---

function findingOf(issue: v.BaseIssue<unknown>): Finding {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  if (issue.type === "strict_object" && issue.expected === "never") return { path, message: "is not a known key" };
  if (issue.type === "strict_object" && issue.received === "undefined") return { path, message: "is missing" };
  if (issue.type === "strict_object") return { path, message: "must be a map of keys and values" };
  return { path, message: issue.message };
}

/** `deployments[0].eks.clusters[1].name` */
function keyOf(path: KeyPath): string {
  if (path.length === 0) return "the file";
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

/** Where the key (else its value, else the nearest thing above it that exists) begins in the text. */
function offsetOf(root: Node | null, path: KeyPath): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) return offset;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(step));
      if (pair === undefined) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number" && node.items[step] !== undefined) {
      node = node.items[step];
      offset = (node as Node).range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
