import type { Rule } from "./rule.ts";

/** A place in an object of a known kind: what rule holds here, and what lies below. */
export interface Place {
  rule: Rule | undefined;
  /** The rule for copies of the object among its annotations, if this is where they are. */
  copies: Rule | undefined;
  readonly below: Map<string, Place>;
}

export function emptyPlace(): Place {
  return { rule: undefined, copies: undefined, below: new Map() };
}

/** The place under `key`; letter case counts for nothing, because patches are stored as the client wrote them. */
export function below(place: Place, key: string): Place | undefined {
  return place.below.get(key) ?? place.below.get(key.toLowerCase());
}

/** Adds `rule` at `path` (dotted, arrays left out). A rule that is there already stays. */
export function addPath(place: Place, path: string, rule: Rule): void {
  let at = place;
  for (const part of path.toLowerCase().split(".")) {
    let next = at.below.get(part);
    if (next === undefined) {
      next = emptyPlace();
      at.below.set(part, next);
    }
    at = next;
  }
  if (rule.shape === "annotations") at.copies ??= rule;
  else at.rule ??= rule;
}

/** Both places' rules, the first one's where they differ. */
export function joinPlaces(first: Place, second: Place): Place {
  const joined: Place = {
    rule: first.rule ?? second.rule,
    copies: first.copies ?? second.copies,
    below: new Map(first.below),
  };
  for (const [key, place] of second.below) {
    const same = first.below.get(key);
    joined.below.set(key, same === undefined ? place : joinPlaces(same, place));
  }
  return joined;
}
