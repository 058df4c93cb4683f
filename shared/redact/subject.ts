import type { JsonValue } from "../event.ts";
import { isObject } from "./json.ts";
import type { Place } from "./places.ts";
import type { Ruleset } from "./ruleset.ts";

/** What the request is about. */
export interface Subject {
  readonly resource: string;
  readonly subresource: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  /** Rules for bodies of this resource, whatever kind they say they are. */
  readonly place: Place | undefined;
}

export const NO_SUBJECT: Subject = {
  resource: "",
  subresource: "",
  group: "",
  namespace: "",
  name: "",
  place: undefined,
};

/** Reads an event's objectRef, which may be anything. */
export function subjectOf(ref: JsonValue | undefined, rules: Ruleset): Subject {
  if (!isObject(ref)) return NO_SUBJECT;
  const resource = text(ref["resource"]).toLowerCase();
  const subresource = text(ref["subresource"]).toLowerCase();
  return {
    resource,
    subresource,
    group: text(ref["apiGroup"]).toLowerCase(),
    namespace: text(ref["namespace"]),
    name: text(ref["name"]),
    place: rules.placeOfResource(resource, subresource),
  };
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
