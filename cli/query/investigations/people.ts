import type { Investigation } from "./investigation.ts";
import { limit, NAMESPACE, optional, USER } from "./investigation.ts";

/** Who did what, and who was refused. */
export const PEOPLE: readonly Investigation[] = [
  {
    name: "user-actions",
    title: "Everything one user did, latest first",
    params: {
      user: { type: "text", doc: "Kubernetes user, user impersonated, or (EKS) IAM ARN", required: true },
      namespace: NAMESPACE,
      resource: { type: "text", doc: "only this resource, such as secrets" },
      verbs: {
        type: "choice",
        doc: "writes leaves out get, list and watch",
        choices: ["all", "writes"],
        default: "all",
      },
      limit: limit(100),
    },
    sql: `SELECT time, cluster, username, impersonated, verb, api_group, resource, subresource, namespace, name,
  status_code, decision, source_ip, user_agent, request_uri
FROM audit_requests
WHERE (username = $user OR impersonated = $user OR user_arn = $user)
  AND ${optional("namespace", "namespace")}
  AND ${optional("resource", "resource")}
  AND ($verbs = 'all' OR verb NOT IN ('get', 'list', 'watch'))
ORDER BY time DESC, event_id
LIMIT $limit`,
  },
  {
    name: "secret-access",
    title: "Who touched which Secrets, by namespace",
    params: { namespace: NAMESPACE, user: USER, limit: limit(200) },
    sql: `SELECT cluster, namespace, name, username, verb,
  count(*) AS requests,
  count(CASE WHEN status_code >= 400 THEN 1 END) AS failed,
  min(time) AS first_time,
  max(time) AS last_time
FROM audit_requests
WHERE resource = 'secrets' AND api_group IS NULL
  AND ${optional("namespace", "namespace")}
  AND ${optional("username", "user")}
GROUP BY cluster, namespace, name, username, verb
ORDER BY cluster, namespace, requests DESC, name, username, verb
LIMIT $limit`,
  },
  {
    name: "failed-authorisation",
    title: "Requests refused with 401 or 403, most frequent first",
    params: { namespace: NAMESPACE, user: USER, limit: limit(100) },
    sql: `SELECT cluster, username, source_ip, status_code, verb, api_group, resource, subresource, namespace,
  count(*) AS requests,
  min(time) AS first_time,
  max(time) AS last_time
FROM audit_requests
WHERE (status_code IN (401, 403) OR (status_code IS NULL AND decision = 'forbid'))
  AND ${optional("namespace", "namespace")}
  AND ${optional("username", "user")}
GROUP BY cluster, username, source_ip, status_code, verb, api_group, resource, subresource, namespace
ORDER BY requests DESC, last_time DESC, cluster, username, source_ip, status_code, verb, resource, subresource, namespace
LIMIT $limit`,
  },
  {
    name: "top-users",
    title: "Users by number of requests",
    params: {
      kind: {
        type: "choice",
        doc: "whom to count",
        choices: ["all", "person", "service-account", "node", "system"],
        default: "all",
      },
      namespace: NAMESPACE,
      limit: limit(50),
    },
    sql: `SELECT * FROM (
  SELECT username,
    CASE
      WHEN username LIKE 'system:serviceaccount:%' THEN 'service-account'
      WHEN username LIKE 'system:node:%' THEN 'node'
      WHEN username LIKE 'system:%' OR username LIKE 'eks:%' OR username = 'aksService' THEN 'system'
      WHEN username IS NOT NULL THEN 'person'
    END AS kind,
    count(*) AS requests,
    count(CASE WHEN verb NOT IN ('get', 'list', 'watch') THEN 1 END) AS writes,
    count(CASE WHEN status_code IN (401, 403) THEN 1 END) AS refused,
    count(DISTINCT namespace) AS namespaces,
    count(DISTINCT cluster_id) AS clusters,
    max(time) AS last_time
  FROM audit_requests
  WHERE ${optional("namespace", "namespace")}
  GROUP BY username
) AS users
WHERE $kind = 'all' OR kind = $kind
ORDER BY requests DESC, username
LIMIT $limit`,
  },
];
