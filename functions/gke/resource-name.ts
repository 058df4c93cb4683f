import type { Method } from "./method-name.ts";

/** What a resourceName says of the request. Absent fields are not in it. */
export interface Target {
  readonly apiGroup: string | undefined;
  readonly apiVersion: string;
  readonly namespace: string | undefined;
  readonly resource: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  /** The request's path, rebuilt; its query is not in the record. */
  readonly requestURI: string;
}

/** What Google writes for the group without a name. */
const CORE = "core";

/**
 * Verbs that are sent to the collection. Where a resourceName has a name all the same, it is the name of what was
 * created, or `metadata.name` of a field selector (k8s.io/apiserver pkg/endpoints/request/requestinfo.go): not in the path.
 */
const COLLECTION_VERBS = new Set(["create", "list", "watch", "deletecollection"]);

/** The subresources a Namespace has (requestinfo.go, namespaceSubresources); needed only when there is no methodName. */
const NAMESPACE_SUBRESOURCES = new Set(["status", "finalize"]);

/**
 * Parses the grammar of resourceName on k8s.io entries:
 *
 *     GROUP/VERSION[/namespaces/NAMESPACE]/RESOURCE[/NAME[/SUBRESOURCE[/REST...]]]
 *     GROUP/VERSION/namespaces/NAME[/SUBRESOURCE]              the Namespace object itself
 *
 * GROUP is `core` for the group without a name. Names are not escaped and may hold `:`; REST is the proxied path. The
 * version is whatever stands there: a crawler's POST to /api/templates/preview is `core/templates/preview`.
 *
 * @param resourceName without a leading slash
 * @param method tells `core/v1/namespaces/X/status` (a subresource of X) from `core/v1/namespaces/X/pods` (a list in X)
 * @returns undefined when it has fewer than three parts or an empty group, version or resource
 */
export function parseResourceName(resourceName: string, method: Method | undefined): Target | undefined {
  const parts = resourceName.split("/");
  const [group, apiVersion] = parts;
  let at = 2;
  let namespace: string | undefined;
  const scoped = parts[2] === "namespaces" && parts.length > 4 && !isNamespaceSubresource(parts, method);
  if (scoped) {
    namespace = parts[3];
    at = 4;
  }
  const resource = parts[at];
  if (!group || !apiVersion || !resource) return undefined;

  const name = parts[at + 1] || undefined;
  const subresource = parts[at + 2] || undefined;
  const toCollection = method?.verb !== undefined && COLLECTION_VERBS.has(method.verb) && subresource === undefined;
  // For a Namespace object the API server puts its name into both fields, unless the request went to the collection.
  if (at === 2 && resource === "namespaces" && !toCollection) namespace = name;

  const root = group === CORE ? "/api" : `/apis/${group}`;
  const path = resourceName.slice(group.length + 1);
  const unnamed = toCollection && name !== undefined && path.endsWith(`/${name}`);
  return {
    apiGroup: group === CORE ? undefined : group,
    apiVersion,
    namespace: namespace || undefined,
    resource,
    name,
    subresource,
    requestURI: `${root}/${unnamed ? path.slice(0, -(name.length + 1)) : path}`,
  };
}

/** True when a path that names no resource must be meant, though there is no methodName to say so. */
export function isPath(resourceName: string): boolean {
  if (resourceName === "api" || resourceName === "apis") return true;
  return resourceName.startsWith("api/") || resourceName.startsWith("apis/") || resourceName.split("/").length < 3;
}

function isNamespaceSubresource(parts: string[], method: Method | undefined): boolean {
  const last = parts[4];
  if (parts.length !== 5 || last === undefined) return false;
  if (method?.verb === undefined) return NAMESPACE_SUBRESOURCES.has(last);
  return method.name.endsWith(`.namespaces.${last}.${method.verb}`);
}
