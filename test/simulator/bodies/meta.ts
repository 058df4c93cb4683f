import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Random } from "../random.ts";
import { frozen } from "../wire.ts";

/** One manager's share of an object, as `metadata.managedFields` lists it. */
export interface Owner {
  readonly manager: string;
  readonly operation: "Update" | "Apply";
  readonly apiVersion: string;
  readonly fields: JsonObject;
  readonly subresource?: string;
}

export function managedFields(owners: readonly Owner[], at: number): JsonValue[] {
  return owners.map((owner) => ({
    manager: owner.manager,
    operation: owner.operation,
    apiVersion: owner.apiVersion,
    time: wholeTime(at),
    fieldsType: "FieldsV1",
    fieldsV1: owner.fields,
    ...(owner.subresource === undefined ? {} : { subresource: owner.subresource }),
  }));
}

/**
 * The `fieldsV1` of an object: an `f:` key for every field, `k:{...}` for list items with a name. Derived from the
 * object itself, so that it grows with it as the real one does.
 */
export function fieldsOf(value: JsonValue): JsonObject {
  const fields: JsonObject = {};
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item !== "object" || item === null || Array.isArray(item)) continue;
      const key = typeof item["name"] === "string" ? { name: item["name"] } : undefined;
      if (key !== undefined) fields[`k:${JSON.stringify(key)}`] = { ".": {}, ...fieldsOf(item) };
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [name, member] of Object.entries(value)) fields[`f:${name}`] = fieldsOf(member);
  }
  return fields;
}

export function owner(
  manager: string,
  operation: Owner["operation"],
  apiVersion: string,
  object: JsonObject,
  subresource?: string,
): Owner {
  const fields = frozen(fieldsOf(object));
  return subresource === undefined
    ? { manager, operation, apiVersion, fields }
    : { manager, operation, apiVersion, fields, subresource };
}

/** A creation time some days before `at`. */
export function earlier(random: Random, at: number, days: number): string {
  return wholeTime(at - 86_400_000_000 - random.int(days * 86_400) * 1_000_000);
}
