import { UsageError } from "../usage.ts";
import { findInvestigation, INVESTIGATIONS } from "./investigations/catalogue.ts";
import type { Investigation, Param } from "./investigations/investigation.ts";
import type { Scope } from "./scope.ts";
import { isScopeParam, parseScope, SCOPE_PARAMS } from "./scope.ts";

/** What to run, everything checked that can be checked without the lake. */
export interface Question {
  readonly sql: string;
  readonly scope: Scope;
  /** Values of `$name` placeholders. They are bound, never pasted into the SQL. */
  readonly values: ReadonlyMap<string, Value>;
  /** The number of rows at which an investigation stops; absent for SQL of the user's own. */
  readonly limit?: number;
}

export type Value = string | bigint | null;

export interface Asked {
  /** The user's own SQL, or the name of an investigation: exactly one of them. */
  readonly sql?: string | undefined;
  readonly name?: string | undefined;
  readonly params?: ReadonlyMap<string, string> | undefined;
  /** Milliseconds since 1970: what `--from 6h` counts back from. */
  readonly now: number;
}

/**
 * Turns what was asked into a question.
 * @throws UsageError naming the investigation or parameter that is unknown, missing or of the wrong type.
 */
export function parseQuestion({ sql, name, params = new Map(), now }: Asked): Question {
  if (sql !== undefined && name !== undefined)
    throw new UsageError("give either --sql or the name of an investigation");
  const scope = parseScope(params, now);
  const own = new Map([...params].filter(([key]) => !isScopeParam(key)));
  if (sql !== undefined) return { sql, scope, values: own };
  if (name === undefined) throw new UsageError(`nothing asked: give --sql, or one of ${namesOf(INVESTIGATIONS)}`);
  const investigation = findInvestigation(name);
  if (investigation === undefined) {
    throw new UsageError(`there is no investigation of that name; there are ${namesOf(INVESTIGATIONS)}`);
  }
  const values = bindParams(investigation, own);
  const limit = values.get("limit");
  return { sql: investigation.sql, scope, values, ...(typeof limit === "bigint" ? { limit: Number(limit) } : {}) };
}

function namesOf(investigations: readonly Investigation[]): string {
  return investigations.map(({ name }) => name).join(", ");
}

function bindParams(investigation: Investigation, given: ReadonlyMap<string, string>): Map<string, Value> {
  const { name, params } = investigation;
  const unknown = [...given.keys()].filter((key) => !Object.hasOwn(params, key));
  if (unknown.length > 0) {
    const known = [...Object.keys(params), ...Object.keys(SCOPE_PARAMS)].join(", ");
    throw new UsageError(`${name} has no parameter ${unknown.join(", ")}; it takes ${known}`);
  }
  const missing = Object.entries(params).filter(([key, param]) => isRequired(param) && !given.has(key));
  if (missing.length > 0) {
    const wanted = missing.map(([key, { doc }]) => `--param ${key}=... (${doc})`);
    throw new UsageError(`${name} needs ${wanted.join(" and ")}`);
  }
  return new Map(Object.entries(params).map(([key, param]) => [key, bindParam(key, param, given.get(key))]));
}

function isRequired(param: Param): boolean {
  return param.type === "text" && param.required === true;
}

/** No screen, and no honest answer, is longer. */
const MOST_ROWS = 10_000_000;

function bindParam(key: string, param: Param, given: string | undefined): Value {
  if (param.type === "text") return given ?? null;
  if (param.type === "choice") {
    const value = given ?? param.default;
    if (!param.choices.includes(value)) throw new UsageError(`${key} takes one of ${param.choices.join(", ")}`);
    return value;
  }
  const value = given ?? String(param.default);
  if (!/^\d{1,8}$/.test(value) || Number(value) < 1 || Number(value) > MOST_ROWS) {
    throw new UsageError(`${key} takes a whole number from 1 to ${MOST_ROWS}`);
  }
  return BigInt(value);
}
