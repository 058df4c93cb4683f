/** What a methodName says: `GROUP.VERSION.RESOURCE[.SUBRESOURCE].VERB`, or `io.k8s.HTTPMETHOD` for a path. */
export interface Method {
  readonly name: string;
  readonly verb: string | undefined;
  /** True when the request was for a path and not for a resource. */
  readonly nonResource: boolean;
  /** Set when the name ends in a path instead of a verb (Panther's fixtures): the path, without its slash. */
  readonly path?: string;
}

const PREFIX = "io.k8s.";

/** Paths that stand in the verb's place in Panther's fixtures (`io.k8s.readyz`); Google writes `io.k8s.get`. */
const HEALTH_PATHS = new Set(["readyz", "livez", "healthz"]);

/**
 * Reads the verb and the kind of request; nothing else, because the group in a methodName is ambiguous
 * (`io.k8s.apps` may be `apps` or `apps.k8s.io`) and resourceName says it better.
 * Source: shapes seen in public records, README.md "methodName".
 */
export function parseMethod(methodName: string | undefined): Method | undefined {
  if (methodName === undefined) return undefined;
  const dot = methodName.lastIndexOf(".");
  const last = methodName.slice(dot + 1);
  const nonResource = dot === PREFIX.length - 1 && methodName.startsWith(PREFIX);
  if (nonResource && HEALTH_PATHS.has(last)) return { name: methodName, verb: "get", nonResource, path: last };
  return { name: methodName, verb: last === "" ? undefined : last, nonResource };
}

/** The part of an objectRef that a methodName can tell. */
export interface MethodTarget {
  readonly apiGroup?: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource?: string;
}

const VERSION = /^v[1-9][0-9]*(?:(?:alpha|beta)[1-9][0-9]*)?$/;

/** API groups without a dot: `io.k8s.` is put before them, so they read like groups under k8s.io. */
const DOTLESS_GROUPS = new Set(["core", "apps", "autoscaling", "batch", "extensions", "policy"]);

/**
 * What is left to know of the target when an entry has no resourceName: the group is turned back from reversed DNS
 * order (`io.k8s.authorization.rbac` is rbac.authorization.k8s.io), up to the first part that is a version.
 * @returns undefined when the name does not have that form
 */
export function targetOfMethod(method: Method): MethodTarget | undefined {
  const parts = method.name.split(".");
  const at = parts.findIndex((part, index) => index > 0 && VERSION.test(part));
  const resource = parts[at + 1];
  // The verb comes last and must not be taken for the resource.
  if (at === -1 || resource === undefined || resource === "" || at + 2 >= parts.length) return undefined;
  const group = groupOf(parts.slice(0, at));
  const subresource = at + 3 < parts.length ? parts[at + 2] : undefined;
  return {
    ...(group === "core" ? {} : { apiGroup: group }),
    apiVersion: parts[at]!,
    resource,
    ...(subresource === undefined || subresource === "" ? {} : { subresource }),
  };
}

function groupOf(parts: string[]): string {
  const bare = parts.length === 3 && parts[0] === "io" && parts[1] === "k8s" ? parts[2] : undefined;
  return bare !== undefined && DOTLESS_GROUPS.has(bare) ? bare : parts.reverse().join(".");
}
