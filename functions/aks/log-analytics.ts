import type { Item, SourceContext } from "../../shared/adapter.ts";
import type { NativeEvent } from "../../shared/event.ts";
import { isObject } from "../../shared/json.ts";
import { isAuditEvent } from "../../shared/native.ts";
import { parseTime } from "../../shared/time.ts";
import { messageItem, SKIP_EMPTY, SKIP_NOT_AUDIT } from "../messages.ts";
import { foreign, reject } from "../rejects.ts";
import { isAuditRow } from "../shapes.ts";
import { isAuditCategory, isContentlessText, OTHER_CATEGORY, tryJson } from "./record.ts";
import { aksPlace } from "./resource-id.ts";

type Row = Record<string, unknown>;

/**
 * Columns of AKSAudit, AKSAuditAdmin, ArcK8sAudit and ArcK8sAuditAdmin (Azure Monitor table reference), in the order of
 * the event's fields. `PodName` is the API server's pod and no field of the event; there is no column for an
 * impersonated user, so that is lost in these tables.
 */
const COLUMNS: readonly (readonly [column: string, field: string, dynamic: boolean])[] = [
  ["Level", "level", false],
  ["AuditId", "auditID", false],
  ["Stage", "stage", false],
  ["RequestUri", "requestURI", false],
  ["Verb", "verb", false],
  ["User", "user", true],
  ["SourceIps", "sourceIPs", true],
  ["UserAgent", "userAgent", false],
  ["ObjectRef", "objectRef", true],
  ["ResponseStatus", "responseStatus", true],
  ["RequestObject", "requestObject", true],
  ["ResponseObject", "responseObject", true],
  ["RequestReceivedTime", "requestReceivedTimestamp", false],
  ["StageReceivedTime", "stageTimestamp", false],
  ["Annotations", "annotations", true],
];

/** The tables have no columns for these; they are the same in every audit event. */
const CONSTANTS = { kind: "Event", apiVersion: "audit.k8s.io/v1" };
const INFERRED = Object.freeze(Object.keys(CONSTANTS));

/** The item of one row of a Log Analytics table, whichever way it was fetched. */
export function rowItem(row: Row, context: SourceContext): Item {
  if (!isAuditCategory(row["Category"])) return OTHER_CATEGORY;
  const log = row["log_s"];
  if (typeof log === "string" && log !== "") return diagnosticsItem(row, log, context);
  if (isAuditRow(row)) return auditRowItem(row, context);
  if (typeof row["Category"] !== "string" || row["Category"] === "") return SKIP_NOT_AUDIT;
  return reject("bad-envelope", row, "an audit row without log_s", aksPlace(row, context));
}

/** The items of a query API answer: `{tables: [{name, columns: [{name}], rows: [[value]]}]}`. */
export function* tableItems(tables: readonly unknown[], context: SourceContext): Iterable<Item> {
  let rows = 0;
  for (const table of tables) {
    const names = isObject(table) ? columnNames(table["columns"] ?? table["columnDescriptors"]) : undefined;
    if (!isObject(table) || names === undefined || !Array.isArray(table["rows"])) {
      rows++;
      yield reject("bad-envelope", table, "a query result table without columns and rows");
      continue;
    }
    for (const cells of table["rows"]) {
      rows++;
      if (Array.isArray(cells)) yield rowItem(toRow(names, cells), context);
      else yield foreign("aks", cells);
    }
  }
  if (rows === 0) yield SKIP_EMPTY;
}

// --- Internal helpers ---

/** AzureDiagnostics: the event's text in `log_s`, trimmed at 32,766 bytes (Azure/AKS issue 3316). */
function diagnosticsItem(row: Row, log: string, context: SourceContext): Item {
  if (isContentlessText(log)) return SKIP_NOT_AUDIT;
  const channel = { place: aksPlace(row, context), source: "log-analytics", cutBy: "log-analytics" } as const;
  return messageItem(log, channel, undefined, rowTime(row));
}

function auditRowItem(row: Row, context: SourceContext): Item {
  const place = aksPlace(row, context);
  const event: Record<string, unknown> = { ...CONSTANTS };
  let cut: string | undefined;
  for (const [column, field, dynamic] of COLUMNS) {
    const value = dynamic ? dynamicValue(row[column]) : row[column];
    if (value === undefined || value === null || value === "") continue;
    if (value === CUT) cut ??= `,${JSON.stringify(field)}:${row[column]}`;
    else event[field] = field === "sourceIPs" && typeof value === "string" ? [value] : value;
  }
  if (!isAuditEvent(event)) return reject("not-an-event", row, "an audit row with no field of an audit event", place);
  const delivered = rowTime(row);
  const rest = { place, source: "log-analytics", ...(delivered === undefined ? {} : { delivered }) } as const;
  if (cut === undefined) return { kind: "event", event: event as NativeEvent, ...rest, inferred: INFERRED };
  // Half a body cannot be redacted with certainty: the row goes on as the cut text it is, the whole fields first.
  return { kind: "text", text: JSON.stringify(event).slice(0, -1) + cut, ...rest, cutBy: "log-analytics" };
}

const CUT = Symbol("a dynamic column whose JSON does not parse");

/**
 * A dynamic column arrives as a value, or as its JSON text, by API. Text that is no JSON is a value too
 * ("skipped-too-big-size-object" in place of a body), unless it begins as JSON: then it was cut.
 */
function dynamicValue(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*(?:[{["]|null\s*$)/.test(value)) return value;
  const parsed = tryJson(value);
  return parsed === undefined ? CUT : parsed;
}

function rowTime(row: Row): string | undefined {
  return parseTime(row["TimeGenerated"])?.utc;
}

function columnNames(columns: unknown): string[] | undefined {
  if (!Array.isArray(columns)) return undefined;
  return columns.map((column) => (isObject(column) && typeof column["name"] === "string" ? column["name"] : ""));
}

function toRow(names: readonly string[], cells: readonly unknown[]): Row {
  // No prototype: a column may have any name.
  const row: Row = Object.create(null) as Row;
  names.forEach((name, i) => {
    row[name] = cells[i];
  });
  return row;
}
