import type { Parts } from "./surfaces.ts";

/** Shapes of events and objects that the surfaces share. All identities are from documentation ranges. */

/** A request about `resource`; the core group unless said. */
export function on(resource: string, name?: string, apiGroup?: string): Parts {
  const inNamespace = !CLUSTER_WIDE.has(resource);
  const group = apiGroup === undefined ? "/api/v1" : `/apis/${apiGroup}/v1`;
  const path = `${group}${inNamespace ? "/namespaces/shop" : ""}/${resource}${name === undefined ? "" : `/${name}`}`;
  return {
    requestURI: path,
    objectRef: {
      resource,
      ...(inNamespace ? { namespace: "shop" } : {}),
      ...(name === undefined ? {} : { name }),
      ...(apiGroup === undefined ? {} : { apiGroup }),
      apiVersion: "v1",
    },
  };
}

const CLUSTER_WIDE = new Set([
  "tokenreviews",
  "certificatesigningrequests",
  "validatingwebhookconfigurations",
  "mutatingwebhookconfigurations",
  "apiservices",
  "persistentvolumes",
  "oauthclients",
  "tokens",
]);

export function object(kind: string, more: object): Record<string, unknown> {
  return { apiVersion: "v1", kind, ...more };
}

/** The creation of a Deployment with this pod. */
export function pod(spec: object): Parts {
  return {
    ...on("deployments", "web", "apps"),
    requestObject: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: { template: { spec } },
    },
  };
}

/** The creation of a custom resource. */
export function custom(kind: string, spec: object): Parts {
  return {
    ...on(`${kind.toLowerCase()}s`, "one", "example.com"),
    requestObject: { apiVersion: "example.com/v1", kind, metadata: { name: "one" }, spec },
  };
}

export function annotated(annotations: object): { annotations: object } {
  return { annotations };
}

/** kubectl's copy of what was applied, with the line break that it ends in. */
export function last(applied: unknown): Record<string, string> {
  return { "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(applied)}\n` };
}

/** A request that only has its URI. */
export function uri(requestURI: string): Parts {
  return { requestURI, verb: "get" };
}

/** exec into a pod; every parameter already as it stands in the URI. */
export function exec(...parameters: string[]): Parts {
  return {
    requestURI: `/api/v1/namespaces/shop/pods/web/exec?${[...parameters, "container=app", "stdout=true"].join("&")}`,
    verb: "create",
    objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "web", apiVersion: "v1" },
  };
}
