/**
 * How the lines of the lake become columns. Every field is read as text or JSON and given its type afterwards, by casts
 * that yield NULL: a record with an odd type costs one value, not the query, and a line that is not JSON still fails
 * (DuckDB's `ignore_errors` would hide both).
 */

/** A key of the event and the type of its column: a DuckDB type, or a structure for `json_transform`. */
interface EventColumn {
  readonly key: string;
  readonly type: "VARCHAR" | "TIMESTAMPTZ" | "JSON" | Structure;
}

type Structure = string | readonly [Structure] | { readonly [field: string]: Structure };

const USER = { username: "VARCHAR", uid: "VARCHAR", groups: ["VARCHAR"], extra: "MAP(VARCHAR, VARCHAR[])" } as const;

/** The columns of `audit`, in order: the added keys, the native ones, the bodies. */
export const EVENT_COLUMNS: readonly EventColumn[] = [
  { key: "time", type: "TIMESTAMPTZ" },
  { key: "cloud", type: { provider: "VARCHAR", account: { id: "VARCHAR" }, region: "VARCHAR" } },
  { key: "cluster", type: { provider: "VARCHAR", name: "VARCHAR", id: "VARCHAR" } },
  {
    key: "ingest",
    type: {
      schema: "INTEGER",
      source: "VARCHAR",
      id: "VARCHAR",
      delivered: "TIMESTAMPTZ",
      eventId: "VARCHAR",
      inferred: ["VARCHAR"],
      redactions: [{ path: "VARCHAR", rule: "VARCHAR", fp: "VARCHAR" }],
      truncated: { by: "VARCHAR", missing: ["VARCHAR"] },
      split: { uid: "VARCHAR", index: "INTEGER", total: "INTEGER" },
    },
  },
  { key: "kind", type: "VARCHAR" },
  { key: "apiVersion", type: "VARCHAR" },
  { key: "level", type: "VARCHAR" },
  { key: "auditID", type: "VARCHAR" },
  { key: "stage", type: "VARCHAR" },
  { key: "requestURI", type: "VARCHAR" },
  { key: "verb", type: "VARCHAR" },
  { key: "user", type: USER },
  { key: "impersonatedUser", type: USER },
  { key: "authenticationMetadata", type: "JSON" },
  { key: "sourceIPs", type: ["VARCHAR"] },
  { key: "userAgent", type: "VARCHAR" },
  {
    key: "objectRef",
    type: {
      resource: "VARCHAR",
      namespace: "VARCHAR",
      name: "VARCHAR",
      uid: "VARCHAR",
      apiGroup: "VARCHAR",
      apiVersion: "VARCHAR",
      resourceVersion: "VARCHAR",
      subresource: "VARCHAR",
    },
  },
  {
    key: "responseStatus",
    type: {
      metadata: "JSON",
      status: "VARCHAR",
      message: "VARCHAR",
      reason: "VARCHAR",
      details: "JSON",
      code: "INTEGER",
    },
  },
  { key: "requestReceivedTimestamp", type: "TIMESTAMPTZ" },
  { key: "stageTimestamp", type: "TIMESTAMPTZ" },
  { key: "annotations", type: "MAP(VARCHAR, VARCHAR)" },
  { key: "requestObject", type: "JSON" },
  { key: "responseObject", type: "JSON" },
];

const SCALARS = new Set(["VARCHAR", "TIMESTAMPTZ", "JSON"]);

function isScalar(type: EventColumn["type"]): type is "VARCHAR" | "TIMESTAMPTZ" | "JSON" {
  return typeof type === "string" && SCALARS.has(type);
}

/** The type a key is read with, before any cast that may fail. */
function readType({ type }: EventColumn): string {
  return type === "VARCHAR" || type === "TIMESTAMPTZ" ? "VARCHAR" : "JSON";
}

/** SQL that gives the raw column its type, NULL where the record has something else there. */
export function typedColumn(column: EventColumn): string {
  const name = quoteName(column.key);
  if (column.type === "TIMESTAMPTZ") return `TRY_CAST(${name} AS TIMESTAMPTZ) AS ${name}`;
  if (isScalar(column.type)) return name;
  return `json_transform(${name}, ${quoteText(JSON.stringify(column.type))}) AS ${name}`;
}

/** Lines above this many bytes cost a second attempt with {@link HUGE_OBJECT}; DuckDB reserves twice as much a thread. */
export const LARGE_OBJECT = 32 * 1024 * 1024;
/** No longer line can have been written: it is the longest string that the runtime can hold. */
export const HUGE_OBJECT = 512 * 1024 * 1024;

/**
 * A table function call that reads the raw columns of `paths` and `filename`.
 * @param maximumObjectSize bytes of the longest line.
 */
export function readLines(paths: readonly string[], maximumObjectSize: number): string {
  if (paths.length === 0) {
    const columns = EVENT_COLUMNS.map((column) => `NULL::${readType(column)} AS ${quoteName(column.key)}`);
    return `(SELECT ${columns.join(", ")}, NULL::VARCHAR AS filename WHERE false)`;
  }
  const columns = EVENT_COLUMNS.map((column) => `${quoteText(column.key)}: '${readType(column)}'`);
  return `read_json([${paths.map((path) => quoteText(literalGlob(path))).join(", ")}],
    columns = {${columns.join(", ")}}, format = 'newline_delimited', compression = 'gzip', filename = true,
    maximum_object_size = ${maximumObjectSize})`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB takes every path for a pattern: a folder named `a[1]` must stand for itself. */
function literalGlob(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}
