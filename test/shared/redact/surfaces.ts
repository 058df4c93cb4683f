/**
 * The leak surfaces of docs/redaction.md as events: each plants a secret where it could leak. One table for the tests of
 * rules, canaries, non-interference, correlation and mutation.
 */
export interface Surface {
  /** Number in docs/redaction.md. */
  readonly surface: number;
  readonly name: string;
  /** Rules that must have answered. */
  readonly rules: readonly string[];
  /** Any text is a secret here; otherwise the secret must look like one: see `kind`. */
  readonly kind: "any" | "jwt" | "url" | "pem" | "aws" | "name";
  readonly plant: (secret: string) => object;
}

const b64 = (text: string) => Buffer.from(text).toString("base64");

const secrets = { resource: "secrets", namespace: "shop", name: "db", apiVersion: "v1" };
const podRef = { resource: "pods", namespace: "shop", name: "web", apiVersion: "v1" };

function pod(spec: object): object {
  return {
    objectRef: { ...podRef, resource: "deployments", apiGroup: "apps" },
    requestObject: { kind: "Deployment", spec: { template: { spec } } },
  };
}

function custom(kind: string, spec: object, more: object = {}): object {
  return {
    objectRef: { resource: "widgets", apiGroup: "example.com", name: "w" },
    requestObject: { kind, apiVersion: "example.com/v1", metadata: { name: "w" }, spec, ...more },
  };
}

const any = (surface: number, name: string, rules: readonly string[], plant: Surface["plant"]): Surface => ({
  surface,
  name,
  rules,
  kind: "any",
  plant,
});

const shaped = (
  surface: number,
  name: string,
  rules: readonly string[],
  kind: Surface["kind"],
  plant: Surface["plant"],
): Surface => ({ surface, name, rules, kind, plant });

export const SURFACES: readonly Surface[] = [
  any(1, "Secret data", ["secret.data"], (s) => ({
    objectRef: secrets,
    requestObject: { kind: "Secret", data: { password: b64(s) } },
  })),
  any(1, "Secret stringData", ["secret.string-data"], (s) => ({
    objectRef: secrets,
    requestObject: { kind: "Secret", stringData: { password: s } },
  })),
  any(2, "Secret in a response", ["secret.data"], (s) => ({
    objectRef: secrets,
    responseObject: { kind: "Secret", data: { k: b64(s) } },
  })),
  any(3, "SecretList, items without a kind", ["secret.data"], (s) => ({
    objectRef: { resource: "secrets" },
    responseObject: { kind: "SecretList", items: [{ metadata: { name: "a" }, data: { k: b64(s) } }] },
  })),
  any(3, "SecretList without an objectRef", ["secret.data"], (s) => ({
    responseObject: { kind: "SecretList", items: [{ data: { k: b64(s) } }] },
  })),
  any(3, "deletecollection", ["secret.data"], (s) => ({
    verb: "deletecollection",
    objectRef: { resource: "secrets", namespace: "shop" },
    responseObject: { kind: "SecretList", items: [{ data: { a: b64(s) } }, { data: { b: b64(s) } }] },
  })),
  any(4, "mixed List", ["secret.data"], (s) => ({
    requestObject: { kind: "List", items: [{ kind: "Pod" }, { kind: "Secret", data: { k: b64(s) } }] },
  })),
  any(4, "List in List", ["secret.data"], (s) => ({
    requestObject: { kind: "List", items: [{ kind: "SecretList", items: [{ data: { k: b64(s) } }] }] },
  })),
  any(5, "Table row with its object", ["secret.data"], (s) => ({
    objectRef: { resource: "secrets" },
    responseObject: {
      kind: "Table",
      rows: [{ cells: ["a", "Opaque", 1], object: { kind: "Secret", data: { k: b64(s) } } }],
    },
  })),
  any(5, "Table cells", ["table.cells"], (s) => ({
    objectRef: { resource: "secrets" },
    responseObject: {
      kind: "Table",
      columnDefinitions: [{ name: "Name" }, { name: "Note" }],
      rows: [{ cells: ["a", s], object: { kind: "PartialObjectMetadata" } }],
    },
  })),
  any(6, "PartialObjectMetadata of a Secret", ["secret.last-applied"], (s) => ({
    objectRef: secrets,
    responseObject: {
      kind: "PartialObjectMetadata",
      metadata: {
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ data: { k: b64(s) } }) },
      },
    },
  })),
  any(7, "merge patch", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: { data: { k: b64(s) } },
  })),
  any(8, "strategic merge directives", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: { data: { $patch: "replace", k: b64(s) }, Data: { k: b64(s) } },
  })),
  any(8, "env under a directive", ["env.value"], (s) => ({
    verb: "patch",
    objectRef: podRef,
    requestObject: {
      spec: { containers: [{ "$setElementOrder/env": [{ name: "A" }], env: [{ name: "A", value: s }] }] },
    },
  })),
  any(9, "JSON Patch of a key", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: [{ op: "replace", path: "/data/pass~1word", value: b64(s) }],
  })),
  any(9, "JSON Patch of an ancestor", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: [{ op: "add", path: "/data", value: { k: b64(s) } }],
  })),
  any(9, "JSON Patch of the document", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: [{ op: "add", path: "", value: { kind: "Secret", data: { k: b64(s) } } }],
  })),
  any(9, "JSON Patch test and copy", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: [
      { op: "test", path: "/data/k", value: b64(s) },
      { op: "copy", from: "/data/k", path: "/metadata/annotations/x" },
    ],
  })),
  any(9, "JSON Patch without a path", ["patch.value"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: [{ op: "add", Path: "/data/k", value: b64(s) }],
  })),
  any(9, "JSON Patch of a container's env", ["env.value"], (s) => ({
    verb: "patch",
    objectRef: podRef,
    requestObject: [{ op: "add", path: "/spec/template/spec/containers/0/env/-", value: { name: "A", value: s } }],
  })),
  any(10, "server-side apply as an object", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: { apiVersion: "v1", kind: "Secret", data: { k: b64(s) } },
  })),
  any(10, "server-side apply as YAML text", ["secret.data"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: `apiVersion: v1\nkind: Secret\ndata:\n  k: ${b64(s)}\n`,
  })),
  any(10, "a body that is a text of something", ["body.text"], (s) => ({
    verb: "patch",
    objectRef: secrets,
    requestObject: s,
  })),
  any(11, "last-applied of a Secret", ["secret.last-applied"], (s) => ({
    objectRef: secrets,
    requestObject: {
      kind: "Secret",
      metadata: {
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify({ kind: "Secret", stringData: { k: s } })}\n`,
        },
      },
    },
  })),
  any(11, "last-applied of a workload, nested", ["env.value"], (s) => {
    const inner = JSON.stringify({ kind: "Pod", spec: { containers: [{ env: [{ name: "A", value: s }] }] } });
    const outer = JSON.stringify({
      kind: "Pod",
      metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": inner } },
    });
    return {
      objectRef: podRef,
      requestObject: { kind: "Pod", metadata: { annotations: { "kapp.k14s.io/original": outer } } },
    };
  }),
  any(11, "a copy that cannot be read", ["annotation.copy"], (s) => ({
    objectRef: podRef,
    requestObject: { kind: "Pod", metadata: { annotations: { "tool.example.com/last-applied": `{"x": "${s}` } } },
  })),
  any(12, "managedFields", ["managed-fields"], (s) => ({
    objectRef: secrets,
    requestObject: {
      kind: "Pod",
      metadata: { managedFields: [{ fieldsV1: { "f:finalizers": { [`v:"${s}"`]: {} } } }] },
    },
  })),
  any(13, "docker config", ["secret.data"], (s) => ({
    objectRef: secrets,
    requestObject: {
      kind: "Secret",
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": b64(JSON.stringify({ auths: { r: { auth: b64(`u:${s}`) } } })) },
    },
  })),
  any(13, "registry auth outside a Secret", ["registry-auth.field"], (s) =>
    custom("Widget", { registry: { auth: b64(`user:${s}`) } }),
  ),
  any(14, "Helm release in a ConfigMap", ["configmap.data"], (s) => ({
    objectRef: { resource: "configmaps", namespace: "shop", name: "web.v1" },
    requestObject: { kind: "ConfigMap", metadata: { name: "web.v1", namespace: "shop" }, data: { release: b64(s) } },
  })),
  any(15, "TokenRequest", ["token-request.token"], (s) => ({
    objectRef: { resource: "serviceaccounts", subresource: "token", name: "web" },
    responseObject: { kind: "TokenRequest", status: { token: s } },
  })),
  any(16, "TokenReview, both sides", ["token-review.token"], (s) => ({
    objectRef: { resource: "tokenreviews" },
    requestObject: { kind: "TokenReview", spec: { token: s } },
    responseObject: { kind: "TokenReview", spec: { token: s }, status: { user: { username: "jane" } } },
  })),
  shaped(17, "private key in a CSR", ["private-key"], "pem", (s) => ({
    objectRef: { resource: "certificatesigningrequests" },
    requestObject: { kind: "CertificateSigningRequest", spec: { request: b64(s) } },
  })),
  any(17, "anything in a CSR", ["certificate"], (s) => ({
    objectRef: { resource: "certificatesigningrequests" },
    requestObject: { kind: "CertificateSigningRequest", spec: { request: b64(s) } },
    responseObject: { kind: "CertificateSigningRequest", status: { certificate: b64(s) } },
  })),
  any(18, "env of a container", ["env.value"], (s) => pod({ containers: [{ env: [{ name: "DB_HOST", value: s }] }] })),
  any(18, "env of init and ephemeral containers", ["env.value"], (s) =>
    pod({
      initContainers: [{ env: [{ name: "A", value: s }] }],
      ephemeralContainers: [{ env: [{ name: "A", value: s }] }],
    }),
  ),
  any(18, "env in a custom resource", ["env.value"], (s) =>
    custom("Widget", { pod: { env: [{ name: "A", value: s }] } }),
  ),
  any(18, "env as a map and as words", ["env.value"], (s) =>
    custom("Widget", { extraEnv: { A: s }, environment: [`A=${s}`] }),
  ),
  any(19, "flag with a value", ["named-secret"], (s) => pod({ containers: [{ args: [`--db-password=${s}`] }] })),
  any(19, "flag and next word", ["argument"], (s) =>
    pod({ containers: [{ command: ["srv"], args: ["--api-token", s] }] }),
  ),
  any(19, "program with a password option", ["argument"], (s) =>
    pod({ containers: [{ command: ["sh", "-c", `mysql -u root -p'${s}' shop`] }] }),
  ),
  any(19, "lifecycle hook", ["argument"], (s) =>
    pod({ containers: [{ lifecycle: { preStop: { exec: { command: ["redis-cli", "-a", s, "save"] } } } }] }),
  ),
  any(19, "probe's headers", ["http-header.value"], (s) =>
    pod({ containers: [{ livenessProbe: { httpGet: { httpHeaders: [{ name: "X-Probe", value: s }] } } }] }),
  ),
  shaped(19, "bearer in a word", ["authorization-header"], "name", (s) =>
    pod({ containers: [{ args: ["curl", "-H", `X-Forward: Bearer ${s}${s}`] }] }),
  ),
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
  any(24, "ConfigMap", ["configmap.data"], (s) => ({
    objectRef: { resource: "configmaps", namespace: "shop", name: "app" },
    requestObject: {
      kind: "ConfigMap",
      metadata: { name: "app", namespace: "shop" },
      data: { "app.conf": s },
      binaryData: { x: b64(s) },
    },
  })),
  any(24, "ConfigMap patch", ["configmap.data"], (s) => ({
    verb: "patch",
    objectRef: { resource: "configmaps", namespace: "shop", name: "app" },
    requestObject: { data: { "app.conf": s } },
  })),
  any(25, "webhook's URL", ["url-credentials"], (s) => ({
    requestObject: {
      kind: "ValidatingWebhookConfiguration",
      webhooks: [{ clientConfig: { url: `https://u:${encodeURIComponent(s)}@hook.example.com/` } }],
    },
  })),
  any(25, "caBundle", ["certificate"], (s) => ({
    requestObject: { kind: "ValidatingWebhookConfiguration", webhooks: [{ clientConfig: { caBundle: b64(s) } }] },
  })),
  any(26, "HelmRelease values", ["crd.values"], (s) => custom("HelmRelease", { values: { auth: { user: s } } })),
  any(26, "Argo CD Application", ["crd.helm-source"], (s) =>
    custom("Application", {
      source: { helm: { values: `a: ${s}\n`, valuesObject: { a: s }, parameters: [{ name: "a", value: s }] } },
    }),
  ),
  any(26, "Crossplane Release", ["crd.values"], (s) =>
    custom("Release", { forProvider: { values: { a: s }, set: [{ name: "a", value: s }] } }),
  ),
  any(26, "a field named like a secret", ["named-field"], (s) => custom("Widget", { auth: { password: s } })),
  any(26, "fields below a secret's name", ["named-field"], (s) =>
    custom("Widget", { credentials: { login: s, pin: s } }),
  ),
  any(26, "a parameter named like a secret", ["named-field"], (s) =>
    custom("PipelineRun", { params: [{ name: "registry-token", value: s }] }),
  ),
  any(26, "YAML in a string", ["named-secret"], (s) =>
    custom("Widget", { config: `db:\n  password: ${JSON.stringify(s)}\n` }),
  ),
  any(27, "SealedSecret", ["crd.ciphertext", "crd.template-data"], (s) =>
    custom("SealedSecret", { encryptedData: { k: s }, template: { data: { k: s } } }),
  ),
  any(27, "ExternalSecret template", ["crd.template-data"], (s) =>
    custom("ExternalSecret", { target: { template: { data: { k: s } } } }),
  ),
  any(27, "SOPS", ["ciphertext", "crd.sops"], (s) => ({
    requestObject: { kind: "Widget", value: `ENC[AES256_GCM,data:${s},type:str]`, sops: { mac: s, age: [{ enc: s }] } },
  })),
  any(28, "OpenShift Route", ["crd.secret-field"], (s) => ({
    objectRef: { resource: "routes", apiGroup: "route.openshift.io" },
    requestObject: { kind: "Route", spec: { tls: { key: s } } },
  })),
  any(28, "OAuthClient", ["crd.secret-field"], (s) => ({
    objectRef: { resource: "oauthclients", apiGroup: "oauth.openshift.io" },
    requestObject: { kind: "OAuthClient", secret: s, additionalSecrets: [s] },
  })),
  shaped(28, "PEM anywhere", ["private-key"], "pem", (s) => custom("Widget", { text: `x ${s} y` })),
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
  any(37, "Event's message", ["url-credentials"], (s) => ({
    requestObject: {
      kind: "Event",
      message: `Failed to pull image "https://u:${encodeURIComponent(s)}@registry.example.com/x"`,
    },
  })),
  any(38, "delete that returns the object", ["secret.data"], (s) => ({
    verb: "delete",
    objectRef: secrets,
    responseObject: { kind: "Secret", metadata: { finalizers: ["x"] }, data: { k: b64(s) } },
  })),
  any(39, "CSI attributes", ["named-field"], (s) => ({
    objectRef: { resource: "persistentvolumes" },
    requestObject: {
      kind: "PersistentVolume",
      spec: { csi: { volumeAttributes: { password: s, "csi.storage.k8s.io/serviceAccount.tokens": s } } },
    },
  })),
  any(40, "cloud-init", ["crd.user-data"], (s) => custom("VirtualMachine", { cloudInitNoCloud: { userData: s } })),
  any(40, "text in base64 in base64", ["named-secret"], (s) =>
    custom("Widget", { blob: b64(b64(`password=${JSON.stringify(s)}\n`)) }),
  ),
  any(40, "manifest in a here-document", ["secret-manifest"], (s) =>
    custom("Widget", { note: `cat <<E\nkind: Secret\ndata:\n  a: ${b64(s)}\nE\n` }),
  ),
];
