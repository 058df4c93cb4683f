import type { DuckDBResult, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBUnionType,
  DuckDBUnionValue,
} from "@duckdb/node-api";
import type { JsonObject, JsonValue } from "../../shared/event.ts";
import { parseJson } from "../../shared/json.ts";
import type { Row } from "../output/rows.ts";

/** The rows of a result, converted chunk by chunk. Columns of one name get `name:1`, `name:2`. */
export async function* rowsOf(result: DuckDBResult): AsyncGenerator<Row> {
  const names = result.deduplicatedColumnNames();
  const types = result.columnTypes();
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const values of chunk.getRows()) {
      yield Object.fromEntries(names.map((name, index) => [name, toJson(values[index]!, types[index]!)]));
    }
  }
}

/**
 * A value as the JSON that `query` promises: instants as RFC 3339 in UTC; whole and decimal numbers as numbers where a
 * double holds them exactly, as text beyond; JSON columns as the JSON they hold; STRUCT and MAP as objects; NULL, NaN and
 * infinities as null; all else (dates, intervals, UUIDs) as text.
 */
export function toJson(value: DuckDBValue, type: DuckDBType): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return type.alias === "JSON" ? parsed(value) : value;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return instant(value.micros, 6);
  if (value instanceof DuckDBDecimalValue) return decimal(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    if (!(type instanceof DuckDBListType || type instanceof DuckDBArrayType)) return value.toString();
    return value.items.map((item) => toJson(item, type.valueType));
  }
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) return struct(value, type);
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) return map(value, type);
  if (value instanceof DuckDBTimestampSecondsValue) return instant(value.seconds * 1_000_000n, 6);
  if (value instanceof DuckDBTimestampMillisecondsValue) return instant(value.millis * 1_000n, 6);
  if (value instanceof DuckDBTimestampNanosecondsValue) return instant(value.nanos, 9);
  if (value instanceof DuckDBUnionValue && type instanceof DuckDBUnionType) {
    return toJson(value.value, type.memberTypeForTag(value.tag));
  }
  return value.toString();
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text) as JsonValue;
  } catch {
    return text;
  }
}

function struct(value: DuckDBStructValue, type: DuckDBStructType): JsonObject {
  return Object.fromEntries(
    type.entryNames.map((name, index) => [name, toJson(value.entries[name] ?? null, type.entryTypes[index]!)]),
  );
}

/** Maps with keys that are not text are lists of pairs: a JSON object could not tell 1 from "1". */
function map(value: DuckDBMapValue, type: DuckDBMapType): JsonValue {
  if (type.keyType.typeId !== DuckDBTypeId.VARCHAR) {
    return value.entries.map((entry) => ({
      key: toJson(entry.key, type.keyType),
      value: toJson(entry.value, type.valueType),
    }));
  }
  return Object.fromEntries(value.entries.map((entry) => [String(entry.key), toJson(entry.value, type.valueType)]));
}

/** Up to 15 significant digits survive the way through a double. */
const EXACT_DIGITS = 15;

function decimal(value: DuckDBDecimalValue): JsonValue {
  const text = value.toString();
  return text.replace(/\D/g, "").replace(/^0+/, "").length <= EXACT_DIGITS ? Number(text) : text;
}

/** The most that a Date can hold; DuckDB's infinities lie beyond. */
const LAST_SECOND = 8_640_000_000_000n;

/**
 * @param count since 1970, in units of 10^-`digits` seconds.
 * @returns RFC 3339 in UTC, without a fraction when it is zero; null beyond what a calendar holds.
 */
function instant(count: bigint, digits: number): string | null {
  const unit = 10n ** BigInt(digits);
  const fraction = ((count % unit) + unit) % unit;
  const seconds = (count - fraction) / unit;
  if (seconds > LAST_SECOND || seconds < -LAST_SECOND) return null;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  return fraction === 0n ? `${whole}Z` : `${whole}.${fraction.toString().padStart(digits, "0")}Z`;
}
