import type { Scope } from "./scope.ts";
import { EVENT_COLUMNS, quoteName, quoteText, readLines, typedColumn } from "./tables.ts";

/** A column of a view and the SQL that makes it from the raw columns. */
type Column = readonly [name: string, sql: string];

/** One of the partition folders of the object a row came from, as text. */
function partition(folder: string): Column {
  // Only the lake's own end of the path counts: the lake may itself lie in a folder named date=something.
  const tail = PARTITION_FOLDERS.slice(PARTITION_FOLDERS.indexOf(folder) + 1).map((name) => `${name}=[^/]*/`);
  const value = `regexp_extract(filename, ${quoteText(`/${folder}=([^/]*)/${tail.join("")}[^/]*$`)}, 1)`;
  return [folder, `coalesce(TRY(url_decode(${value})), ${value})`];
}

const PARTITION_FOLDERS = ["provider", "account", "region", "cluster_name", "date", "hour"];

const OBJECT: Column = ["object", "regexp_extract(filename, '(?:[^/]+/){8}[^/]+$')"];

/** The columns of `audit_flat` in order: names for people, and for SQL that also runs on Athena (sql/athena.sql). */
const FLAT: readonly Column[] = [
  ["time", "TRY_CAST(time AS TIMESTAMPTZ)"],
  ["provider", "cluster->>'provider'"],
  ["account_id", "cloud->'account'->>'id'"],
  ["region", "cloud->>'region'"],
  ["cluster", "cluster->>'name'"],
  ["audit_id", "auditID"],
  ["stage", "stage"],
  ["level", "level"],
  ["verb", "verb"],
  ["username", `"user"->>'username'`],
  ["groups", `json_transform("user"->'groups', '["VARCHAR"]')`],
  ["impersonated", "impersonatedUser->>'username'"],
  // The first address is what the client claims: all but the last can be set by it (X-Forwarded-For).
  ["source_ip", "sourceIPs->>0"],
  ["user_agent", "userAgent"],
  ["namespace", "objectRef->>'namespace'"],
  ["resource", "objectRef->>'resource'"],
  ["subresource", "objectRef->>'subresource'"],
  ["name", "objectRef->>'name'"],
  // Absent and empty both mean the core group.
  ["api_group", "nullif(objectRef->>'apiGroup', '')"],
  ["status_code", "TRY_CAST(responseStatus->>'code' AS INTEGER)"],
  ["decision", "annotations->>'authorization.k8s.io/decision'"],
  ["reason", "annotations->>'authorization.k8s.io/reason'"],
  ["request_uri", "requestURI"],
  ["event_id", "ingest->>'eventId'"],
  ["cluster_id", "cluster->>'id'"],
  // EKS: the cloud identity behind the Kubernetes user.
  ["user_arn", `"user"->'extra'->'arn'->>0`],
  ["source_ips", `json_transform(sourceIPs, '["VARCHAR"]')`],
  ["status_reason", "responseStatus->>'reason'"],
  ["status_message", "responseStatus->>'message'"],
  ["truncated_by", "ingest->'truncated'->>'by'"],
  ["redactions", "coalesce(json_array_length(ingest->'redactions'), 0)"],
  ["inferred", `json_transform(ingest->'inferred', '["VARCHAR"]')`],
];

const FLAT_PARTITIONS = ["account", "cluster_name", "date", "hour"].map(partition);

/**
 * What the stages of one request have in common. The auditID alone will not do: a client can choose it (the Audit-ID
 * header of kube-apiserver), and an intruder could hide one request behind another. Most investigations filter on
 * these columns, and DuckDB applies such filters before it sorts the stages together.
 */
const REQUEST_KEY = [
  "cluster_id",
  "coalesce(audit_id, event_id)",
  "received",
  "username",
  "user_arn",
  "verb",
  "request_uri",
  "api_group",
  "resource",
  "subresource",
  "namespace",
];

const STAGE_RANK =
  "CASE stage WHEN 'ResponseComplete' THEN 0 WHEN 'Panic' THEN 1 WHEN 'ResponseStarted' THEN 2 ELSE 3 END";

/** The views by name with one line on each; `--help` prints them. */
export const VIEWS = {
  audit: "the events, nested as stored; bodies are JSON, annotations a map",
  audit_flat: "the events, one column a field, without bodies",
  audit_requests: "one row a request (its last stage): audit_flat with request_object and response_object",
} as const;

export interface Source {
  /** Local paths of the objects. */
  readonly paths: readonly string[];
  readonly scope: Scope;
  /** Bytes of the longest line to expect. */
  readonly maximumObjectSize: number;
}

/**
 * The statements that define the views over `source`. An event that is stored more than once, in whatever objects,
 * appears once.
 *
 * @param sql the query to come: views that it does not name are left out, because each costs a look at every path.
 */
export function viewStatements(source: Source, sql: string): string[] {
  const lines = `CREATE VIEW lake_lines AS SELECT * FROM ${readLines(source.paths, source.maximumObjectSize)}${where(source.scope)}`;
  // DISTINCT ON without an order lets filters through to the scan, and is cheaper than a window.
  const events = `(SELECT DISTINCT ON (${EVENT_KEY}) * FROM lake_lines)`;
  const nested = [...EVENT_COLUMNS.map(typedColumn), ...[...PARTITION_FOLDERS.map(partition), OBJECT].map(aliased)];
  const flat = [...FLAT, ...FLAT_PARTITIONS, OBJECT].map(aliased);
  const requests = [
    ...flat,
    "requestObject AS request_object",
    "responseObject AS response_object",
    `${RECEIVED} AS received`,
  ];
  const statements: Record<keyof typeof VIEWS, string> = {
    audit: `CREATE VIEW audit AS SELECT ${nested.join(",\n  ")}\nFROM ${events}`,
    audit_flat: `CREATE VIEW audit_flat AS SELECT ${flat.join(",\n  ")}\nFROM ${events}`,
    audit_requests: `CREATE VIEW audit_requests AS SELECT * EXCLUDE (received)\nFROM (SELECT ${requests.join(",\n  ")}\nFROM lake_lines)
QUALIFY row_number() OVER (PARTITION BY ${REQUEST_KEY.join(", ")} ORDER BY ${STAGE_RANK}, time DESC, event_id, object) = 1`,
  };
  const named = Object.entries(statements).filter(([name]) => new RegExp(`\\b${name}\\b`, "i").test(sql));
  const wanted = named.length > 0 ? named : Object.entries(statements);
  return [lines, ...wanted.map(([, statement]) => statement)];
}

/** Lines without an event id are not ours, and are told apart by what the id would be made of. */
const EVENT_KEY = `coalesce(ingest->>'eventId', concat_ws('|', cluster->>'id', auditID, stage, requestReceivedTimestamp, stageTimestamp))`;

/** An event that was cut has lost its times; the delivery's then keeps requests of one auditID apart. */
const RECEIVED = "coalesce(requestReceivedTimestamp, time)";

function aliased([name, sql]: Column): string {
  return `${sql} AS ${quoteName(name)}`;
}

/**
 * Partitions were chosen by the scope already; this is for the events inside them. (In DuckDB `->>` binds less tightly
 * than `=`: hence the parentheses.)
 */
function where({ from, to, cluster }: Scope): string {
  const conditions: string[] = [];
  if (from !== undefined) conditions.push(`TRY_CAST(time AS TIMESTAMPTZ) >= ${quoteText(from.utc)}::TIMESTAMPTZ`);
  if (to !== undefined) conditions.push(`TRY_CAST(time AS TIMESTAMPTZ) < ${quoteText(to.utc)}::TIMESTAMPTZ`);
  if (cluster !== undefined) conditions.push(`(cluster->>'name') = ${quoteText(cluster)}`);
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}
