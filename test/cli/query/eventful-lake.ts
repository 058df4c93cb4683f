import { event, TestLake } from "./lake.ts";

export const JANE = { username: "jane@example.com", groups: ["dev"] };
export const MALLORY = {
  username: "kubernetes-admin",
  groups: ["system:masters"],
  extra: { arn: ["arn:aws:sts::111122223333:assumed-role/ops/mallory"] },
};
export const DEPLOYER = { username: "system:serviceaccount:ci:deployer", groups: ["system:serviceaccounts"] };
export const NODE = { username: "system:node:ip-192-0-2-1.example.com", groups: ["system:nodes"] };
const RBAC = { apiGroup: "rbac.authorization.k8s.io", apiVersion: "v1" };

/** `minute` past one or, from 60 on, two o'clock. */
export function at(minute: number): string {
  return new Date(Date.parse("2026-11-22T01:00:00Z") + minute * 60_000).toISOString().replace(".000Z", ".123456Z");
}

export const HOUR_ONE = [
  event(at(0), {
    verb: "get",
    user: MALLORY,
    objectRef: { resource: "secrets", namespace: "shop", name: "db", apiVersion: "v1" },
  }),
  event(at(1), {
    verb: "list",
    user: MALLORY,
    objectRef: { resource: "secrets", namespace: "shop", apiVersion: "v1", apiGroup: "" },
  }),
  event(at(2), {
    verb: "get",
    user: MALLORY,
    objectRef: { resource: "secrets", namespace: "shop", name: "db", apiVersion: "v1" },
    responseStatus: { code: 404 },
  }),
  event(at(3), {
    verb: "get",
    objectRef: { resource: "secrets", namespace: "ops", name: "ca", apiVersion: "v1" },
    responseStatus: { metadata: {}, status: "Failure", reason: "Forbidden", code: 403 },
    annotations: { "authorization.k8s.io/decision": "forbid", "authorization.k8s.io/reason": "" },
  }),
  // A custom resource that happens to be called secrets is not a Secret.
  event(at(4), { objectRef: { resource: "secrets", namespace: "shop", apiGroup: "example.com", apiVersion: "v1" } }),
  event(at(5), { verb: "get", user: {}, sourceIPs: ["198.51.100.9"], responseStatus: { code: 401 } }),
  event(at(6), { verb: "get", responseStatus: { code: 404 } }),
  event(at(7), { verb: "create", responseStatus: { code: 409 } }),
  event(at(8), {
    verb: "delete",
    user: MALLORY,
    objectRef: { resource: "pods", namespace: "shop", name: "web-0", apiVersion: "v1" },
  }),
  event(at(9), {
    verb: "create",
    user: DEPLOYER,
    objectRef: { resource: "pods", subresource: "eviction", namespace: "shop", name: "web-1", apiVersion: "v1" },
    responseStatus: { code: 201 },
  }),
  event(at(10), {
    verb: "deletecollection",
    user: DEPLOYER,
    objectRef: { resource: "pods", namespace: "ops", apiVersion: "v1" },
  }),
  event(at(11), {
    verb: "delete",
    user: DEPLOYER,
    objectRef: { resource: "deployments", namespace: "shop", name: "web", apiGroup: "apps", apiVersion: "v1" },
  }),
];

// An exec is seen at the start and at the end of the session: one request, two events.
const EXEC = {
  auditID: "the-exec",
  verb: "create",
  user: MALLORY,
  requestURI:
    "/api/v1/namespaces/shop/pods/web-0/exec?command=sh&command=-c&command=cat+%2Fetc%2Fpasswd%20%7C+wc&container=app&stdin=true",
  objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "web-0", apiVersion: "v1" },
  requestReceivedTimestamp: at(20),
};

export const SESSIONS = [
  event(at(20), { ...EXEC, stage: "ResponseStarted", responseStatus: { code: 101 } }),
  event(at(25), { ...EXEC, stage: "ResponseComplete", responseStatus: { code: 101 } }),
  event(at(26), {
    verb: "get",
    user: JANE,
    requestURI: "/api/v1/namespaces/ops/pods/db-0/portforward",
    objectRef: { resource: "pods", subresource: "portforward", namespace: "ops", name: "db-0", apiVersion: "v1" },
    responseStatus: { code: 403 },
  }),
  event(at(27), {
    verb: "create",
    requestURI: "/api/v1/nodes/n1/proxy/run/shop/web-0/app?cmd=id&command=%ff",
    objectRef: { resource: "nodes", subresource: "proxy", name: "n1", apiVersion: "v1" },
  }),
  event(at(28), { verb: "get", objectRef: { resource: "pods", subresource: "log", namespace: "shop", name: "web-0" } }),
];

export const CHANGES = [
  event(at(60), {
    verb: "create",
    user: MALLORY,
    objectRef: { resource: "clusterrolebindings", name: "pwn", ...RBAC },
    responseStatus: { code: 201 },
    requestObject: {
      roleRef: { kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "User", name: "eve" }],
    },
  }),
  event(at(61), {
    verb: "patch",
    user: DEPLOYER,
    objectRef: { resource: "roles", namespace: "shop", name: "r", ...RBAC },
  }),
  event(at(62), { verb: "get", objectRef: { resource: "roles", namespace: "shop", name: "r", ...RBAC } }),
  event(at(63), {
    verb: "update",
    user: MALLORY,
    objectRef: { resource: "configmaps", namespace: "kube-system", name: "aws-auth", apiVersion: "v1" },
  }),
  event(at(64), {
    verb: "create",
    user: MALLORY,
    objectRef: {
      resource: "serviceaccounts",
      subresource: "token",
      namespace: "ci",
      name: "deployer",
      apiVersion: "v1",
    },
    requestObject: { spec: { audiences: ["vault"], expirationSeconds: 86400, boundObjectRef: { name: "web-0" } } },
    responseStatus: { code: 201 },
  }),
  event(at(65), {
    verb: "create",
    user: NODE,
    objectRef: { resource: "serviceaccounts", subresource: "token", namespace: "shop", name: "web", apiVersion: "v1" },
    responseStatus: { code: 201 },
  }),
  event(at(66), {
    verb: "create",
    user: JANE,
    objectRef: { resource: "secrets", namespace: "ci", name: "old-token", apiVersion: "v1" },
    requestObject: {
      type: "kubernetes.io/service-account-token",
      metadata: { annotations: { "kubernetes.io/service-account.name": "deployer" } },
    },
    responseStatus: { code: 201 },
  }),
  event(at(67), {
    verb: "create",
    user: JANE,
    objectRef: { resource: "secrets", namespace: "ci", name: "plain", apiVersion: "v1" },
    requestObject: { type: "Opaque" },
    responseStatus: { code: 201 },
  }),
  event(at(68), { verb: "list", user: JANE, impersonatedUser: { username: "boss@example.com" } }),
];

/** A lake with a little of everything that the investigations look for. */
export async function eventfulLake(): Promise<TestLake> {
  const lake = await TestLake.create();
  await lake.put(...HOUR_ONE);
  await lake.put(...SESSIONS);
  // The same events came by another path, batched otherwise.
  await lake.put(...HOUR_ONE.slice(0, 3));
  await lake.put(...CHANGES);
  await lake.put(event(at(30), { verb: "get" }, { cluster: "dev", provider: "gke", account: "example-project" }));
  return lake;
}
