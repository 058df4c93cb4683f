import { authorizedResource } from "./authorization.ts";
import { objectOf, textOf } from "./entry.ts";
import { type Method, targetOfMethod } from "./method-name.ts";
import { isPath, parseResourceName, type Target } from "./resource-name.ts";
import { isStatus } from "./status.ts";

/** What a request was for, in the event's own fields. */
export interface Aim {
  readonly objectRef?: Record<string, string>;
  readonly requestURI?: string;
  readonly subresource?: string;
  /** Dotted paths of what was assumed, in the order of the fields. */
  readonly inferred: readonly string[];
}

/** The bodies from which an object's identity can be completed. */
export interface Bodies {
  readonly request: unknown;
  readonly response: unknown;
}

/**
 * Finds the target of a request: by resourceName; without one by the resource that was authorised; without that by what
 * methodName tells. A request for a path has a requestURI and no objectRef.
 */
export function aimOf(
  method: Method | undefined,
  resourceName: string | undefined,
  authorizationInfo: unknown,
  bodies: Bodies,
): Aim {
  const given = withoutSlash(resourceName);
  if (method?.nonResource === true) return aimAtPath(given ?? method.path ?? "");
  const spare = given === undefined ? withoutSlash(authorizedResource(authorizationInfo)) : undefined;
  const path = given ?? spare;
  if (path !== undefined) {
    if (method === undefined && isPath(path)) return aimAtPath(path);
    const target = parseResourceName(path, method);
    if (target !== undefined) return aimAt(target, method?.verb, bodies, spare !== undefined);
  }
  const target = method === undefined ? undefined : targetOfMethod(method);
  if (target === undefined) return { inferred: [] };
  const { resource, apiGroup, apiVersion, subresource } = target;
  const objectRef: Record<string, string> = { resource };
  if (apiGroup !== undefined) objectRef["apiGroup"] = apiGroup;
  objectRef["apiVersion"] = apiVersion;
  if (subresource === undefined) return { objectRef, inferred: ["objectRef"] };
  objectRef["subresource"] = subresource;
  return { objectRef, subresource, inferred: ["objectRef"] };
}

// --- Internal helpers ---

/** The metadata in their answers is that of a list, not of the object that a field selector may name. */
const LIST_VERBS = new Set(["list", "watch", "deletecollection"]);

/** Google leaves the slash out; the root path is then an empty text, which proto3 JSON leaves out. */
function aimAtPath(path: string): Aim {
  return { requestURI: `/${path}`, inferred: ["requestURI"] };
}

function aimAt(target: Target, verb: string | undefined, bodies: Bodies, spare: boolean): Aim {
  const { resource, namespace, apiGroup, apiVersion, subresource, requestURI } = target;
  const inferred = spare ? ["requestURI", "objectRef"] : ["requestURI"];
  const result = isStatus(bodies.response) ? undefined : metadataOf(bodies.response);
  let { name } = target;
  if (name === undefined && verb === "create" && subresource === undefined) {
    name = textOf(result?.["name"]) ?? textOf(metadataOf(bodies.request)?.["name"]);
    if (name !== undefined) inferred.push("objectRef.name");
  }
  const one = name !== undefined && (verb === undefined || !LIST_VERBS.has(verb));
  const uid = one ? (textOf(result?.["uid"]) ?? textOf(metadataOf(bodies.request)?.["uid"])) : undefined;
  const resourceVersion = one ? textOf(result?.["resourceVersion"]) : undefined;

  // In the order in which the API server writes them.
  const objectRef: Record<string, string> = { resource };
  if (namespace !== undefined) objectRef["namespace"] = namespace;
  if (name !== undefined) objectRef["name"] = name;
  if (uid !== undefined) {
    objectRef["uid"] = uid;
    inferred.push("objectRef.uid");
  }
  if (apiGroup !== undefined) objectRef["apiGroup"] = apiGroup;
  objectRef["apiVersion"] = apiVersion;
  if (resourceVersion !== undefined) {
    objectRef["resourceVersion"] = resourceVersion;
    inferred.push("objectRef.resourceVersion");
  }
  if (subresource === undefined) return { objectRef, requestURI, inferred };
  objectRef["subresource"] = subresource;
  return { objectRef, requestURI, subresource, inferred };
}

function metadataOf(body: unknown): Record<string, unknown> | undefined {
  return objectOf(objectOf(body)?.["metadata"]);
}

function withoutSlash(path: string | undefined): string | undefined {
  return textOf(path?.startsWith("/") ? path.slice(1) : path);
}
