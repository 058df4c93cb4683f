/** A question that the lake answers by name. */
export interface Investigation {
  readonly name: string;
  readonly title: string;
  /** Besides from, to, cluster, provider, account and region, which every query takes. */
  readonly params: Readonly<Record<string, Param>>;
  /**
   * One statement over `audit_requests` or `audit_flat`; `$name` stands for a parameter's value, NULL when it was not
   * given. Plain enough that, with the values put in, most also run on Athena.
   */
  readonly sql: string;
}

/** A parameter of an investigation. */
export type Param = TextParam | IntegerParam | ChoiceParam;

interface TextParam {
  readonly type: "text";
  readonly doc: string;
  readonly required?: true;
}

interface IntegerParam {
  readonly type: "integer";
  readonly doc: string;
  readonly default: number;
}

interface ChoiceParam {
  readonly type: "choice";
  readonly doc: string;
  readonly choices: readonly string[];
  /** One of `choices`. */
  readonly default: string;
}

export const NAMESPACE: Param = { type: "text", doc: "only this namespace" };
export const USER: Param = { type: "text", doc: "only this Kubernetes user" };

export function limit(rows: number): Param {
  return { type: "integer", doc: "rows at most", default: rows };
}

/** A comparison that an absent parameter switches off. */
export function optional(column: string, param: string): string {
  return `($${param} IS NULL OR ${column} = $${param})`;
}
