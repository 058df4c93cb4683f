import { any, b64, podRef, type Surface, secrets, shaped } from "./planting.ts";

/** What a request says by itself: URI, user, messages, annotations of the event. */
export const REQUESTS: readonly Surface[] = [
  any(20, "exec argument", ["argument"], (s) => ({
    requestURI: `/api/v1/namespaces/d/pods/p/exec?command=mysql&command=-p${encodeURIComponent(s)}&container=c`,
    objectRef: { ...podRef, subresource: "exec" },
  })),
  any(20, "exec of a shell", ["argument"], (s) => ({
    requestURI: `/api/v1/namespaces/d/pods/p/exec?command=sh&command=-c&command=${encodeURIComponent(`mysql -p'${s}' shop`)}&container=c`,
    objectRef: { ...podRef, subresource: "exec" },
  })),
  any(21, "proxied path", ["uri.proxy"], (s) => ({
    requestURI: `/api/v1/namespaces/d/services/https:grafana:3000/proxy/api/${encodeURIComponent(s)}`,
  })),
  any(21, "proxied query", ["uri.query"], (s) => ({
    requestURI: `/api/v1/namespaces/d/services/https:grafana:3000/proxy/api?limit=${encodeURIComponent(s)}`,
  })),
  any(21, "kubelet's run", ["argument"], (s) => ({
    requestURI: `/api/v1/nodes/n/proxy/run/ns/pod/ctr?cmd=login&cmd=--password&cmd=${encodeURIComponent(s)}`,
  })),
  any(22, "query parameter", ["uri.query"], (s) => ({
    requestURI: `/api/v1/pods?access_token=${encodeURIComponent(s)}`,
  })),
  any(22, "query without a name", ["uri.query"], (s) => ({
    requestURI: `/apis/x.example.com/v1?${encodeURIComponent(s)}`,
  })),
  any(22, "fragment", ["uri.fragment"], (s) => ({ requestURI: `/api/v1/pods#${encodeURIComponent(s)}` })),
  any(22, "authority", ["url-credentials"], (s) => ({
    requestURI: `https://u:${encodeURIComponent(s)}@api.example.com/api/v1/pods`,
  })),
  any(22, "path of an aggregated server", ["uri.path"], (s) => ({
    requestURI: `/console/session/9f8e7d6c5b4a39281706f5e4d3c2b1a0${encodeURIComponent(s)}`,
  })),
  any(23, "label selector", ["named-secret"], (s) => ({
    requestURI: `/api/v1/pods?labelSelector=apikey%3D${encodeURIComponent(s)}`,
  })),
  any(23, "field selector on data", ["uri.selector"], (s) => ({
    requestURI: `/api/v1/secrets?fieldSelector=data.x%3D${encodeURIComponent(s)}`,
  })),
  any(23, "continue", ["uri.continue"], (s) => ({
    requestURI: `/api/v1/pods?continue=${encodeURIComponent(b64(s))}&limit=500`,
  })),
  shaped(29, "object named after an OAuth token", ["object-name"], "name", (s) => ({
    requestURI: `/apis/oauth.openshift.io/v1/oauthaccesstokens/${s}`,
    objectRef: { resource: "oauthaccesstokens", apiGroup: "oauth.openshift.io", name: s },
    responseStatus: {
      code: 404,
      message: `oauthaccesstokens.oauth.openshift.io "${s}" not found`,
      details: { name: s },
    },
    responseObject: { kind: "Status", message: `"${s}" not found` },
  })),
  shaped(29, "object named after a JWT", ["jwt"], "jwt", (s) => ({
    requestURI: `/api/v1/namespaces/shop/pods/${s}`,
    objectRef: { resource: "pods", name: s },
    requestObject: { kind: "Pod", metadata: { name: s, labels: { [s]: "1" } } },
  })),
  any(30, "user.extra", ["user.extra"], (s) => ({ user: { username: "jane", extra: { "oauth.token": [s] } } })),
  shaped(30, "user.extra, unknown key", ["jwt"], "jwt", (s) => ({
    impersonatedUser: { username: "jane", extra: { note: [s] } },
  })),
  any(31, "user agent", ["named-secret"], (s) => ({ userAgent: `curl/8 (token=${JSON.stringify(s)})` })),
  any(31, "user agent, oversize", ["user-agent.oversize"], (s) => ({ userAgent: `${"x".repeat(1030)}${s}` })),
  shaped(31, "audit ID", ["jwt"], "jwt", (s) => ({ auditID: s })),
  shaped(32, "user name", ["jwt"], "jwt", (s) => ({ user: { username: s } })),
  any(33, "refused value", ["quoted-value"], (s) => ({
    responseStatus: {
      code: 422,
      message: `Foo "x" is invalid: spec.a: Invalid value: ${JSON.stringify(s)}: must match`,
      details: { causes: [{ message: `Unsupported value: ${JSON.stringify(s)}`, field: "spec.a" }] },
    },
    responseObject: { kind: "Status", message: `Foo "x" is invalid: spec.a: Duplicate value: ${JSON.stringify(s)}` },
  })),
  any(33, "diff of a pod", ["object-dump"], (s) => ({
    responseStatus: {
      code: 422,
      message: `Pod "x" is invalid: spec: Forbidden: pod updates may not change fields\n  core.PodSpec{\n- \tEnv: {{Value: "${s}"}},\n`,
    },
  })),
  any(34, "mutating webhook's patch", ["secret.data"], (s) => ({
    objectRef: secrets,
    annotations: {
      "patch.webhook.admission.k8s.io/round_0_index_1": JSON.stringify({
        configuration: "c",
        webhook: "w",
        patch: [{ op: "add", path: "/data/k", value: b64(s) }],
        patchType: "JSONPatch",
      }),
    },
  })),
  any(34, "a webhook's patch that cannot be read", ["annotation.webhook-patch"], (s) => ({
    objectRef: secrets,
    annotations: { "patch.webhook.admission.k8s.io/round_0_index_1": `{"patch": "${s}` },
  })),
  any(35, "policy's annotation", ["named-field"], (s) => ({
    annotations: { "policy.example.com/audit": JSON.stringify([{ message: "x", password: s }]) },
  })),
  any(35, "oversize annotation", ["annotation.oversize"], (s) => ({
    annotations: { "policy.example.com/x": `${"x ".repeat(9000)}${s}` },
  })),
  any(38, "delete that returns the object", ["secret.data"], (s) => ({
    verb: "delete",
    objectRef: secrets,
    responseObject: { kind: "Secret", metadata: { finalizers: ["x"] }, data: { k: b64(s) } },
  })),
];
