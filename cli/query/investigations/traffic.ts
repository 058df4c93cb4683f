import type { Investigation } from "./investigation.ts";
import { limit, NAMESPACE, optional, USER } from "./investigation.ts";

/** The values of every `command=` of the query, still escaped; a container's argument vector is spelt that way. */
const ARGUMENTS = "array_to_string(regexp_extract_all(request_uri, '[?&]command=([^&]*)', 1), '%20')";

/** Sessions into containers, and where the traffic is. */
export const TRAFFIC: readonly Investigation[] = [
  {
    name: "exec",
    title: "Sessions into pods, nodes and services: exec, attach, port-forward, proxy; latest first",
    params: {
      namespace: NAMESPACE,
      user: USER,
      kind: {
        type: "choice",
        doc: "only these",
        choices: ["all", "exec", "attach", "portforward", "proxy"],
        default: "all",
      },
      limit: limit(100),
    },
    // GKE's records have no query string: container and command are NULL there.
    sql: `SELECT time, cluster, subresource AS kind, resource, namespace, name,
  nullif(regexp_extract(request_uri, '[?&]container=([^&]*)', 1), '') AS container,
  nullif(coalesce(TRY(url_decode(replace(${ARGUMENTS}, '+', '%20'))), ${ARGUMENTS}), '') AS command,
  username, impersonated, source_ip, user_agent, status_code, request_uri
FROM audit_requests
WHERE subresource IN ('exec', 'attach', 'portforward', 'proxy') AND api_group IS NULL
  AND resource IN ('pods', 'services', 'nodes')
  AND ($kind = 'all' OR subresource = $kind)
  AND ${optional("namespace", "namespace")}
  AND ${optional("username", "user")}
ORDER BY time DESC, event_id
LIMIT $limit`,
  },
  {
    name: "activity",
    title: "Requests by namespace and hour, latest hour first",
    params: { namespace: NAMESPACE, limit: limit(1000) },
    sql: `SELECT date_trunc('hour', time) AS hour, cluster, namespace,
  count(*) AS requests,
  count(CASE WHEN verb NOT IN ('get', 'list', 'watch') THEN 1 END) AS writes,
  count(CASE WHEN status_code IN (401, 403) THEN 1 END) AS refused,
  count(DISTINCT username) AS users
FROM audit_requests
WHERE ${optional("namespace", "namespace")}
GROUP BY date_trunc('hour', time), cluster, namespace
ORDER BY hour DESC, cluster, requests DESC, namespace
LIMIT $limit`,
  },
  {
    name: "clusters",
    title: "Every cluster in the lake: how much, from when to when, how complete",
    params: {},
    sql: `SELECT provider, account_id, region, cluster,
  count(*) AS events,
  count(DISTINCT username) AS users,
  count(CASE WHEN truncated_by IS NOT NULL THEN 1 END) AS truncated,
  count(CASE WHEN redactions > 0 THEN 1 END) AS redacted,
  min(time) AS first_time,
  max(time) AS last_time
FROM audit_flat
GROUP BY provider, account_id, region, cluster, cluster_id
ORDER BY provider, account_id, region, cluster, cluster_id`,
  },
];
