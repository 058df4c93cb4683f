import type { JsonObject } from "../event.ts";
import { withoutSecrets } from "./text.ts";

/**
 * A secret can stand where a name should: gives `keys` of `object` names without one, in the order that they had. Names that are then
 * equal get apostrophes.
 */
export function renameKeys(object: JsonObject, keys: readonly string[]): void {
  const names = new Map(keys.map((key) => [key, withoutSecrets(key)]));
  const entries = Object.entries(object);
  for (const [key] of entries) delete object[key];
  for (const [key, value] of entries) {
    let name = names.get(key) ?? key;
    while (Object.hasOwn(object, name)) name += "'";
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  }
}
