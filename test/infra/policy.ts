/** A small evaluator of resource policies, for the few operators that ours use. Source: IAM user guide, "IAM JSON
 * policy elements: Condition operators" and "Policy evaluation logic". */

type Many<T> = T | readonly T[];

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: Many<string>;
  readonly Resource: Many<string>;
  readonly Principal?: "*" | { readonly AWS?: Many<string> };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Many<string>>>>>;
}

export interface Request {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

const listOf = <T>(value: Many<T>): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** "none" is what becomes a refusal unless the caller's own policy allows it. */
export function evaluate(statements: readonly Statement[], request: Request): "allow" | "deny" | "none" {
  const matching = statements.filter((statement) => applies(statement, request));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "deny";
  return matching.length > 0 ? "allow" : "none";
}

function applies(statement: Statement, { action, resource, context }: Request): boolean {
  const filled = (pattern: string) => pattern.replace(/\$\{([^}]+)\}/g, (_, key: string) => context[key] ?? "<none>");
  return (
    principalMatches(statement.Principal, context) &&
    listOf(statement.Action).some((pattern) => like(pattern, action)) &&
    listOf(statement.Resource).some((pattern) => like(filled(pattern), resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], listOf(values))),
    )
  );
}

function principalMatches(principal: Statement["Principal"], context: Request["context"]): boolean {
  if (principal === undefined || principal === "*") return true;
  return listOf(principal.AWS ?? []).some((arn) => arn === "*" || arn === context["aws:PrincipalArn"]);
}

/** A negated operator is true of a key that is absent: the trap in every Deny. */
function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case "Null":
      return values.includes(String(actual === undefined));
    case "Bool":
    case "StringEquals":
      return actual !== undefined && values.includes(actual);
    case "StringNotEquals":
    case "ArnNotEquals":
      return actual === undefined || !values.includes(actual);
    case "StringLike":
      return actual !== undefined && values.some((pattern) => like(pattern, actual));
    case "NumericLessThan":
      return actual !== undefined && values.some((value) => Number(actual) < Number(value));
    default:
      throw new Error(`the evaluator does not know ${operator}`);
  }
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(text);
}
