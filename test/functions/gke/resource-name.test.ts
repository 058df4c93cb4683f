import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMethod } from "../../../functions/gke/method-name.ts";
import { isPath, parseResourceName, type Target } from "../../../functions/gke/resource-name.ts";

type Row = [resourceName: string, methodName: string | undefined, requestURI: string, ref: Partial<Target>];

const CASES: Row[] = [
  [
    "core/v1/namespaces/a/pods/p/",
    "io.k8s.core.v1.pods.create",
    "/api/v1/namespaces/a/pods/p/",
    { apiVersion: "v1", namespace: "a", resource: "pods", name: "p" },
  ],
  ["core/v1/nodes", "io.k8s.core.v1.nodes.list", "/api/v1/nodes", { apiVersion: "v1", resource: "nodes" }],
  [
    "core/v1/nodes/n1",
    "io.k8s.core.v1.nodes.get",
    "/api/v1/nodes/n1",
    { apiVersion: "v1", resource: "nodes", name: "n1" },
  ],
  [
    "core/v1/nodes/n1/status",
    "io.k8s.core.v1.nodes.status.patch",
    "/api/v1/nodes/n1/status",
    { apiVersion: "v1", resource: "nodes", name: "n1", subresource: "status" },
  ],
  [
    "core/v1/nodes/n1/proxy/metrics/cadvisor",
    "io.k8s.core.v1.nodes.proxy.get",
    "/api/v1/nodes/n1/proxy/metrics/cadvisor",
    { apiVersion: "v1", resource: "nodes", name: "n1", subresource: "proxy" },
  ],
  [
    "core/v1/namespaces/a/services/https:web:443/proxy/",
    "io.k8s.core.v1.services.proxy.create",
    "/api/v1/namespaces/a/services/https:web:443/proxy/",
    { apiVersion: "v1", namespace: "a", resource: "services", name: "https:web:443", subresource: "proxy" },
  ],
  [
    "core/v1/namespaces/a/pods",
    "io.k8s.core.v1.pods.list",
    "/api/v1/namespaces/a/pods",
    { apiVersion: "v1", namespace: "a", resource: "pods" },
  ],
  [
    "core/v1/namespaces/a/pods/p/exec",
    "io.k8s.core.v1.pods.exec.create",
    "/api/v1/namespaces/a/pods/p/exec",
    { apiVersion: "v1", namespace: "a", resource: "pods", name: "p", subresource: "exec" },
  ],
  [
    "core/v1/namespaces/a/pods/p",
    "io.k8s.core.v1.pods.create",
    "/api/v1/namespaces/a/pods",
    { apiVersion: "v1", namespace: "a", resource: "pods", name: "p" },
  ],
  [
    "core/v1/namespaces/a/pods/p",
    "io.k8s.core.v1.pods.watch",
    "/api/v1/namespaces/a/pods",
    { apiVersion: "v1", namespace: "a", resource: "pods", name: "p" },
  ],
  [
    "core/v1/namespaces/a/pods/p",
    "io.k8s.core.v1.pods.delete",
    "/api/v1/namespaces/a/pods/p",
    { apiVersion: "v1", namespace: "a", resource: "pods", name: "p" },
  ],
  [
    "core/v1/namespaces/a/pods/p",
    undefined,
    "/api/v1/namespaces/a/pods/p",
    { apiVersion: "v1", namespace: "a", resource: "pods", name: "p" },
  ],
  [
    "core/v1/namespaces",
    "io.k8s.core.v1.namespaces.list",
    "/api/v1/namespaces",
    { apiVersion: "v1", resource: "namespaces" },
  ],
  [
    "core/v1/namespaces/a",
    "io.k8s.core.v1.namespaces.create",
    "/api/v1/namespaces",
    { apiVersion: "v1", resource: "namespaces", name: "a" },
  ],
  [
    "core/v1/namespaces/a",
    "io.k8s.core.v1.namespaces.get",
    "/api/v1/namespaces/a",
    { apiVersion: "v1", namespace: "a", resource: "namespaces", name: "a" },
  ],
  [
    "core/v1/namespaces/a/finalize",
    "io.k8s.core.v1.namespaces.finalize.update",
    "/api/v1/namespaces/a/finalize",
    { apiVersion: "v1", namespace: "a", resource: "namespaces", name: "a", subresource: "finalize" },
  ],
  [
    "core/v1/namespaces/a/status",
    undefined,
    "/api/v1/namespaces/a/status",
    { apiVersion: "v1", namespace: "a", resource: "namespaces", name: "a", subresource: "status" },
  ],
  [
    "core/v1/namespaces/a/secrets",
    undefined,
    "/api/v1/namespaces/a/secrets",
    { apiVersion: "v1", namespace: "a", resource: "secrets" },
  ],
  [
    "example.com/v1/namespaces/a/status",
    "com.example.v1.status.list",
    "/apis/example.com/v1/namespaces/a/status",
    { apiGroup: "example.com", apiVersion: "v1", namespace: "a", resource: "status" },
  ],
  [
    "rbac.authorization.k8s.io/v1/clusterroles/system:node",
    "io.k8s.authorization.rbac.v1.clusterroles.get",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node",
    { apiGroup: "rbac.authorization.k8s.io", apiVersion: "v1", resource: "clusterroles", name: "system:node" },
  ],
  [
    "core/templates/preview",
    "io.k8s.core.templates.preview.create",
    "/api/templates/preview",
    { apiVersion: "templates", resource: "preview" },
  ],
];

describe("parseResourceName", () => {
  it.each(CASES)("%s (%s)", (resourceName, methodName, requestURI, ref) => {
    expect(parseResourceName(resourceName, parseMethod(methodName))).toEqual({ ...ref, requestURI });
  });

  it.each(["", "readyz", "api/v1", "core/v1/", "/v1/pods", "core//pods", "core/v1/namespaces/a//p"])(
    "refuses %j",
    (text) => {
      expect(parseResourceName(text, undefined)).toBeUndefined();
    },
  );

  it.each([
    ["api", true],
    ["apis/apps/v1/x", true],
    ["api/v1", true],
    ["readyz", true],
    ["core/v1/pods", false],
    ["apiary/v1/x", false],
  ])("%s is a path: %s", (text, answer) => {
    expect(isPath(text)).toBe(answer);
  });

  it("gives back every request as Google writes it", () => {
    fc.assert(
      fc.property(request, (given) => {
        const target = parseResourceName(resourceNameOf(given), parseMethod(methodNameOf(given)));
        const { group, version, namespace, resource, name, subresource } = given;
        expect(target).toEqual({
          apiGroup: group,
          apiVersion: version,
          namespace,
          resource,
          name,
          subresource,
          requestURI: uriOf(given),
        });
      }),
      { numRuns: 2000 },
    );
  });
});

// --- Requests, and how they are written ---

interface Request {
  group: string | undefined;
  version: string;
  namespace: string | undefined;
  resource: string;
  name: string | undefined;
  subresource: string | undefined;
  verb: string;
}

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,6}[a-z0-9])?$/);
const plural = label.filter((text) => text !== "namespaces");
const absent = fc.constant(undefined);

const request: fc.Arbitrary<Request> = fc
  .record({
    group: fc.oneof(
      absent,
      fc.constantFrom("apps", "rbac.authorization.k8s.io"),
      fc.array(label, { minLength: 2, maxLength: 4 }).map((l) => l.join(".")),
    ),
    version: fc.constantFrom("v1", "v1beta2", "v2alpha1"),
    namespace: fc.oneof(absent, label),
    resource: fc.oneof(plural, fc.constantFrom("pods", "status", "finalize", "bindings")),
    // RBAC names may hold anything but a slash.
    name: fc.oneof(label, fc.stringMatching(/^[!-.0-~]{1,12}$/), fc.constantFrom("system:node", "namespaces", "v1")),
    subresource: fc.oneof(absent, label, fc.constant("status")),
    verb: fc.constantFrom("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"),
  })
  .map((given) => {
    if (["list", "watch", "deletecollection"].includes(given.verb))
      return { ...given, name: undefined, subresource: undefined };
    return given;
  })
  .filter((given) => given.group !== "core");

function resourceNameOf({ group, version, namespace, resource, name, subresource }: Request): string {
  const scope = namespace === undefined ? [] : ["namespaces", namespace];
  return [group ?? "core", version, ...scope, resource, name, subresource]
    .filter((part) => part !== undefined)
    .join("/");
}

function methodNameOf({ group = "core", version, resource, subresource, verb }: Request): string {
  const reversed = group.includes(".") ? group.split(".").reverse().join(".") : `io.k8s.${group}`;
  return [reversed, version, resource, subresource, verb].filter((part) => part !== undefined).join(".");
}

/** As a client addresses it: k8s.io/apiserver pkg/endpoints/request/requestinfo.go, read forwards. */
function uriOf({ group, version, namespace, resource, name, subresource, verb }: Request): string {
  const root = group === undefined ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  if (verb === "create" && subresource === undefined) return `${root}${scope}/${resource}`;
  return `${root}${scope}/${[resource, name, subresource].filter((part) => part !== undefined).join("/")}`;
}
