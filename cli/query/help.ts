import { INVESTIGATIONS } from "./investigations/catalogue.ts";
import type { Investigation, Param } from "./investigations/investigation.ts";
import { SCOPE_PARAMS } from "./scope.ts";
import { VIEWS } from "./views.ts";

/** The text of `clustertrail query --help`. */
export function queryHelp(): string {
  return `clustertrail query: ask the lake

Usage: clustertrail query --lake URL NAME [--param k=v]... [--from T] [--to T] [--cluster N] [--format F]
       clustertrail query --lake URL --sql SQL [--param k=v]... [--from T] [--to T] [--cluster N] [--format F]

  --lake URL      ./folder, file:///folder or s3://bucket/prefix
  --sql SQL       DuckDB SQL over the views below; runs as you, with access to your files
  --param k=v     a parameter; repeat for more. In --sql, $k stands for the value (as text: cast numbers, $k::INTEGER)
  --from T        short for --param from=T; likewise --to and --cluster
  --format F      table (default), json, ndjson or csv

Investigations (clustertrail query NAME --help shows parameters and SQL):
${lines(INVESTIGATIONS.map(({ name, title }) => [name, title]))}
Parameters that every query takes; they choose the parts of the lake to read:
${lines(Object.entries(SCOPE_PARAMS))}
Views:
${lines(Object.entries(VIEWS))}
An event that is stored twice counts once. Times are UTC. Of a lake on S3, only the partitions that from, to, cluster,
provider, account and region leave are fetched, into $XDG_CACHE_HOME/clustertrail (default ~/.cache/clustertrail); delete
that folder to free the space.
Exit codes: 0 answered; 3 some objects could not be read (named on stderr; the answer is of the rest); 2 usage.

Examples:
  clustertrail query --lake ./lake secret-access --param namespace=payments
  clustertrail query --lake s3://audit-lake/trail exec --from 7d --cluster prod --format csv > exec.csv
  clustertrail query --lake ./lake user-actions --param user=jane@example.com --from 2026-11-22 --to 2026-11-23
  clustertrail query --lake ./lake --sql "SELECT verb, count(*) AS n FROM audit_flat GROUP BY verb ORDER BY n DESC"
  clustertrail query --lake ./lake --sql "SELECT time, requestObject->'spec' AS spec FROM audit WHERE objectRef.name = \\$pod" --param pod=web-0
`;
}

/** The text of `clustertrail query NAME --help`. */
export function investigationHelp({ name, title, params, sql }: Investigation): string {
  const own = Object.entries(params).map(([key, param]): [string, string] => [key, `${param.doc}${remarks(param)}`]);
  return `${title}

Usage: clustertrail query --lake URL ${name}${own.length > 0 ? " [--param k=v]..." : ""} [--from T] [--to T] [--cluster N] [--format F]

Parameters:
${lines([...own, ...Object.entries(SCOPE_PARAMS)])}
SQL:
${sql}
`;
}

function remarks(param: Param): string {
  if (param.type === "text") return param.required === true ? " (required)" : "";
  if (param.type === "choice") return `: ${param.choices.join(", ")} (default ${param.default})`;
  return ` (default ${param.default})`;
}

function lines(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([key]) => key.length));
  return pairs.map(([key, text]) => `  ${key.padEnd(width)}  ${text}\n`).join("");
}
