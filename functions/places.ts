import type { Place, SourceContext } from "../shared/adapter.ts";

/** More clusters than one process ever reads from; beyond it the memory starts over. */
const MAX_PLACES = 1_000;

/** Longer statements are no resource ids or log groups; remembering them would let input fill the memory. */
const MAX_STATEMENT = 1_000;

/**
 * Remembers the place of every cluster seen, so that all its records share one object and a record costs one look-up.
 * @param build makes the place from what the record says (`statement`, e.g. a resource id) and what the caller knows
 */
export function rememberPlaces(build: (statement: string, context: SourceContext) => Place) {
  const known = new Map<string, Place>();
  return (statement: string, context: SourceContext): Place => {
    if (statement.length > MAX_STATEMENT) return Object.freeze(build(statement, context));
    const key = `${statement}\0${context.cluster ?? ""}\0${context.account ?? ""}\0${context.region ?? ""}`;
    let place = known.get(key);
    if (place === undefined) {
      place = Object.freeze(build(statement, context));
      if (known.size >= MAX_PLACES) known.clear();
      known.set(key, place);
    }
    return place;
  };
}

/** `{ [key]: value }`, or nothing when the value is absent or empty: a place has no empty fields. */
export function given<K extends string>(key: K, value: string | undefined): { [P in K]?: string } {
  return value === undefined || value === "" ? {} : ({ [key]: value } as { [P in K]?: string });
}
