import { epochMs, parseTime, toMicroseconds } from "../../shared/time.ts";
import { UsageError } from "../usage.ts";

/** What part of the lake a query looks at. Everything outside it is neither read nor, for remote lakes, fetched. */
export interface Scope {
  /** First instant, included. */
  readonly from?: Instant;
  /** Last instant, excluded. */
  readonly to?: Instant;
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  /** Cluster name. */
  readonly cluster?: string;
}

export interface Instant {
  /** RFC 3339, UTC. */
  readonly utc: string;
  /** Milliseconds since 1970, rounded down. */
  readonly ms: number;
}

/** The parameters that every query takes, with what `--help` says of them. */
export const SCOPE_PARAMS = {
  from: "first instant: 2026-11-22, 2026-11-22T13:00:00Z, or 6h, 7d for so long ago",
  to: "end, not included; the same forms",
  cluster: "cluster name",
  provider: "eks, gke, aks or kubernetes",
  account: "AWS account, Google project or Azure subscription",
  region: "region or location",
} as const;

export type ScopeParam = keyof typeof SCOPE_PARAMS;

export function isScopeParam(name: string): name is ScopeParam {
  return Object.hasOwn(SCOPE_PARAMS, name);
}

/**
 * Reads the scope out of parameters.
 * @param now milliseconds since 1970: what `6h` counts back from.
 * @throws UsageError naming the parameter that is no time, or when the window is empty.
 */
export function parseScope(params: ReadonlyMap<string, string>, now: number): Scope {
  const from = parseInstant("from", params.get("from"), now);
  const to = parseInstant("to", params.get("to"), now);
  if (from !== undefined && to !== undefined && toMicroseconds(from.utc) >= toMicroseconds(to.utc)) {
    throw new UsageError(`the window is empty: from ${from.utc} is not before to ${to.utc} (to is not included)`);
  }
  const scope: { -readonly [K in keyof Scope]: Scope[K] } = {};
  if (from !== undefined) scope.from = from;
  if (to !== undefined) scope.to = to;
  for (const name of ["provider", "account", "region", "cluster"] as const) {
    const value = params.get(name);
    if (value !== undefined) scope[name] = value;
  }
  return scope;
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const AGO = /^(\d{1,6})(m|h|d)$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseInstant(name: ScopeParam, value: string | undefined, now: number): Instant | undefined {
  if (value === undefined) return undefined;
  const ago = AGO.exec(value);
  if (ago !== null) return at(now - Number(ago[1]) * UNIT_MS[ago[2] as keyof typeof UNIT_MS]);
  if (value === "now") return at(now);
  const instant = parseTime(DATE.test(value) ? `${value}T00:00:00Z` : value);
  if (instant === undefined) {
    throw new UsageError(`${name} takes a date (2026-11-22), a time (2026-11-22T13:00:00Z) or a time ago (6h, 7d)`);
  }
  return { utc: instant.utc, ms: epochMs(instant.utc) };
}

function at(ms: number): Instant {
  return { utc: new Date(ms).toISOString(), ms };
}
