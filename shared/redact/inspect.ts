import type { AuditEvent } from "../event.ts";
import { createWalker, redactEvent } from "./create.ts";
import type { RedactionPolicy } from "./policy.ts";

/** What a stored event still holds that the rules would take out. Never a value. */
export interface Finding {
  /** RFC 6901 pointer into the event. */
  path: string;
  rule: string;
}

/**
 * Runs the redactor over a copy of stored events and says what it would take out that is not a marker already: nothing for what
 * this version wrote under the same policy. Leaves the event as it is; never throws.
 */
export function createInspector(policy: RedactionPolicy = {}): (event: AuditEvent) => Finding[] {
  const walker = createWalker({ policy }, true);
  return (event) => {
    redactEvent(walker, copyOf(event));
    return walker.hits.map(({ path, rule }) => ({ path, rule }));
  };
}

const inspectByDefault = createInspector();

/** `createInspector` with the built-in rules. */
export function inspectEvent(event: AuditEvent): Finding[] {
  return inspectByDefault(event);
}

/** Containers are copied, without recursion (stored JSON can be as deep as it likes); strings and numbers are shared. */
function copyOf(event: AuditEvent): AuditEvent {
  const root: { copy: unknown } = { copy: undefined };
  const work: { from: unknown; into: object; key: string }[] = [{ from: event, into: root, key: "copy" }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { from, into, key } = item;
    let value = from;
    if (typeof from === "object" && from !== null && !Object.isFrozen(from)) {
      const copy: object = Array.isArray(from) ? [] : {};
      value = copy;
      for (const [name, inner] of Object.entries(from)) {
        if (typeof inner === "object" && inner !== null) {
          set(copy, name, null);
          work.push({ from: inner, into: copy, key: name });
        } else set(copy, name, inner);
      }
    }
    set(into, key, value);
  }
  return root.copy as AuditEvent;
}

/** Sets `__proto__` too as the plain key that JSON means. */
function set(object: object, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else (object as Record<string, unknown>)[key] = value;
}
