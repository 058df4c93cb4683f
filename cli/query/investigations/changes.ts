import type { Investigation } from "./investigation.ts";
import { limit, NAMESPACE, optional, USER } from "./investigation.ts";

const WRITES = "('create', 'update', 'patch', 'delete', 'deletecollection')";

/** What was created, changed and deleted. */
export const CHANGES: readonly Investigation[] = [
  {
    name: "pod-deletions",
    title: "Pods deleted or evicted, latest first",
    params: { namespace: NAMESPACE, user: USER, limit: limit(100) },
    sql: `SELECT time, cluster, namespace, name,
  CASE WHEN subresource = 'eviction' THEN 'evict' ELSE verb END AS action,
  username, impersonated, source_ip, user_agent, status_code
FROM audit_requests
WHERE resource = 'pods' AND api_group IS NULL
  AND ((verb IN ('delete', 'deletecollection') AND subresource IS NULL) OR (verb = 'create' AND subresource = 'eviction'))
  AND ${optional("namespace", "namespace")}
  AND ${optional("username", "user")}
ORDER BY time DESC, event_id
LIMIT $limit`,
  },
  {
    name: "rbac-changes",
    title: "Roles and bindings changed, and EKS's aws-auth map, latest first",
    params: { namespace: NAMESPACE, user: USER, limit: limit(100) },
    sql: `SELECT time, cluster, username, impersonated, verb, resource, namespace, name,
  coalesce(request_object->'roleRef'->>'name', response_object->'roleRef'->>'name') AS role,
  coalesce(request_object->'subjects', response_object->'subjects') AS subjects,
  source_ip, status_code, user_agent
FROM audit_requests
WHERE verb IN ${WRITES}
  AND ((api_group = 'rbac.authorization.k8s.io'
      AND resource IN ('roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'))
    OR (api_group IS NULL AND resource = 'configmaps' AND namespace = 'kube-system' AND name = 'aws-auth'))
  AND ${optional("namespace", "namespace")}
  AND ${optional("username", "user")}
ORDER BY time DESC, event_id
LIMIT $limit`,
  },
  {
    name: "token-creations",
    title: "Service-account tokens issued, latest first; those that kubelets ask for their own pods come last",
    params: { namespace: NAMESPACE, user: USER, limit: limit(100) },
    // A token comes from the TokenRequest API or, the old way, as a Secret of the token type.
    sql: `SELECT time, cluster, username, impersonated, namespace,
  CASE WHEN resource = 'serviceaccounts' THEN name
    ELSE request_object->'metadata'->'annotations'->>'kubernetes.io/service-account.name' END AS service_account,
  CASE WHEN resource = 'serviceaccounts' THEN 'TokenRequest' ELSE 'Secret' END AS kind,
  request_object->'spec'->'audiences' AS audiences,
  TRY_CAST(request_object->'spec'->>'expirationSeconds' AS BIGINT) AS expiration_seconds,
  request_object->'spec'->'boundObjectRef'->>'name' AS bound_to,
  source_ip, user_agent, status_code
FROM audit_requests
WHERE verb = 'create' AND api_group IS NULL
  AND ((resource = 'serviceaccounts' AND subresource = 'token')
    OR (resource = 'secrets' AND (request_object->>'type') = 'kubernetes.io/service-account-token'))
  AND ${optional("namespace", "namespace")}
  AND ${optional("username", "user")}
ORDER BY CASE WHEN username LIKE 'system:node:%' THEN 1 ELSE 0 END, time DESC, event_id
LIMIT $limit`,
  },
  {
    name: "creations-deletions",
    title: "Objects created and deleted over time, by resource",
    params: {
      every: { type: "choice", doc: "length of a period", choices: ["hour", "day"], default: "hour" },
      namespace: NAMESPACE,
      limit: limit(1000),
    },
    sql: `SELECT date_trunc($every, time) AS period, cluster, api_group, resource,
  count(CASE WHEN verb = 'create' THEN 1 END) AS created,
  count(CASE WHEN verb IN ('delete', 'deletecollection') THEN 1 END) AS deleted
FROM audit_requests
WHERE verb IN ('create', 'delete', 'deletecollection') AND subresource IS NULL AND resource IS NOT NULL
  AND (status_code IS NULL OR status_code < 400)
  AND ${optional("namespace", "namespace")}
GROUP BY date_trunc($every, time), cluster, api_group, resource
ORDER BY period DESC, cluster, resource, api_group
LIMIT $limit`,
  },
];
