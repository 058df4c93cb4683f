import { gzipSync } from "node:zlib";
import { annotated, custom, exec, last, object, on, pod, uri } from "./parts.ts";

/** Fields of a native event; the rest is filled in (parts.ts). */
export type Parts = Readonly<Record<string, unknown>>;

/**
 * One place where a secret can stand in an audit event. Numbers are those of docs/redaction.md.
 *
 * - `value`: whatever stands there is secret, in any encoding.
 * - `phrase`: any text may stand there; it is secret when it shows a secret (phrases.ts).
 * - `uri`: like `value`, but part of a URI, so percent encoding is undone by whoever reads it.
 * - `uri-phrase`: like `phrase`, in a URI.
 */
export interface Surface {
  readonly surface: number;
  readonly name: string;
  readonly holds: "value" | "phrase" | "uri" | "uri-phrase";
  readonly plant: (text: string) => Parts;
  /** Changes the JSON text of the event, for what no object can say (keys that stand twice). */
  readonly rewrite?: (json: string) => string;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const helm = (text: string): string =>
  base64(gzipSync(JSON.stringify({ name: "web", config: { auth: { pin: text } } })).toString("base64"));

const value = (surface: number, name: string, plant: Surface["plant"], rewrite?: Surface["rewrite"]): Surface => ({
  surface,
  name,
  holds: "value",
  plant,
  ...(rewrite === undefined ? {} : { rewrite }),
});
const of =
  (holds: Surface["holds"]) =>
  (surface: number, name: string, plant: Surface["plant"]): Surface => ({ surface, name, holds, plant });
const phrase = of("phrase");
const inUri = of("uri");
const uriPhrase = of("uri-phrase");

const SECRET = on("secrets", "db");
const secret = (more: object) => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, ...more });
const patch = (parts: object) => ({ verb: "patch", ...parts });
const container = (more: object) =>
  pod({ containers: [{ name: "app", image: "registry.example.com/app:1", ...more }] });

export const SURFACES: readonly Surface[] = [
  // Secrets
  value(1, "Secret.data, base64", (v) => ({ ...SECRET, requestObject: secret({ data: { tls: base64(v) } }) })),
  value(1, "Secret.data, as typed", (v) => ({ ...SECRET, requestObject: secret({ data: { k: v } }) })),
  value(1, "Secret.stringData", (v) => ({ ...SECRET, requestObject: secret({ stringData: { k: v } }) })),
  value(2, "Secret in a response to get", (v) => ({
    ...SECRET,
    verb: "get",
    responseObject: secret({ data: { "config.yaml": base64(v) } }),
  })),
  value(3, "SecretList", (v) => ({
    ...on("secrets"),
    verb: "list",
    responseObject: {
      kind: "SecretList",
      apiVersion: "v1",
      items: [{ metadata: { name: "a" }, data: { k: base64(v) } }],
    },
  })),
  value(3, "deletecollection of Secrets", (v) => ({
    ...on("secrets"),
    verb: "deletecollection",
    responseObject: {
      kind: "SecretList",
      apiVersion: "v1",
      items: [{ data: { a: base64(v) } }, { data: { b: base64(v) } }],
    },
  })),
  value(4, "List of several kinds", (v) => ({
    ...on("configmaps"),
    requestObject: { kind: "List", apiVersion: "v1", items: [{ kind: "Service" }, secret({ data: { k: base64(v) } })] },
  })),
  value(4, "List in a List, below another kind", (v) => ({
    ...custom("Bundle", {
      manifests: [{ kind: "List", items: [{ kind: "SecretList", items: [{ data: { k: v } }] }] }],
    }),
  })),
  value(5, "Table with objects", (v) => ({
    ...on("secrets"),
    verb: "list",
    responseObject: {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      rows: [{ cells: ["db", "Opaque", 1], object: secret({ data: { k: base64(v) } }) }],
    },
  })),
  value(5, "cells of a Table of Secrets", (v) => ({
    ...on("secrets"),
    verb: "list",
    responseObject: {
      kind: "Table",
      columnDefinitions: [{ name: "Name" }, { name: "Note" }],
      rows: [{ cells: ["db", v], object: { kind: "PartialObjectMetadata" } }],
    },
  })),
  value(6, "PartialObjectMetadata of a Secret", (v) => ({
    ...SECRET,
    verb: "get",
    responseObject: { kind: "PartialObjectMetadata", metadata: annotated(last({ data: { k: base64(v) } })) },
  })),
  value(7, "merge patch of a Secret", (v) => patch({ ...SECRET, requestObject: { data: { k: base64(v) } } })),
  value(8, "strategic merge directives", (v) =>
    patch({ ...SECRET, requestObject: { data: { $patch: "replace", k: base64(v) }, $retainKeys: ["data"] } }),
  ),
  value(9, "JSON Patch of a key", (v) =>
    patch({ ...SECRET, requestObject: [{ op: "replace", path: "/data/pass~1word", value: base64(v) }] }),
  ),
  value(9, "JSON Patch of an ancestor", (v) =>
    patch({ ...SECRET, requestObject: [{ op: "add", path: "/data", value: { k: base64(v) } }] }),
  ),
  value(9, "JSON Patch of the document", (v) =>
    patch({ ...SECRET, requestObject: [{ op: "add", path: "", value: secret({ stringData: { k: v } }) }] }),
  ),
  value(9, "JSON Patch test", (v) =>
    patch({ ...SECRET, requestObject: [{ op: "test", path: "/stringData/k", value: v }] }),
  ),
  value(9, "JSON Patch of one env value", (v) =>
    patch({
      ...on("deployments", "web", "apps"),
      requestObject: [{ op: "replace", path: "/spec/template/spec/containers/0/env/2/value", value: v }],
    }),
  ),
  value(9, "JSON Patch of a list of containers", (v) =>
    patch({
      ...on("deployments", "web", "apps"),
      requestObject: [
        { op: "add", path: "/spec/template/spec/containers", value: [{ name: "a", env: [{ name: "A", value: v }] }] },
      ],
    }),
  ),
  value(9, "JSON Patch of a ConfigMap's key", (v) =>
    patch({ ...on("configmaps", "app"), requestObject: [{ op: "add", path: "/data/app.conf", value: v }] }),
  ),
  value(10, "server-side apply as YAML text", (v) =>
    patch({ ...SECRET, requestObject: `apiVersion: v1\nkind: Secret\ndata:\n  k: ${base64(v)}\n` }),
  ),
  value(10, "server-side apply as JSON text", (v) =>
    patch({ ...SECRET, requestObject: JSON.stringify(secret({ data: { k: base64(v) } })) }),
  ),
  value(10, "a body of any text", (v) => patch({ ...SECRET, requestObject: v })),

  // Copies of an object in its own annotations
  value(11, "last-applied of a Secret", (v) => ({
    ...SECRET,
    requestObject: secret({ metadata: annotated(last(secret({ stringData: { k: v } }))) }),
  })),
  value(11, "last-applied of a Deployment", (v) => ({
    ...on("deployments", "web", "apps"),
    requestObject: object("Deployment", {
      metadata: annotated(last(container({ env: [{ name: "A", value: v }] })["requestObject"])),
    }),
  })),
  value(11, "last-applied in last-applied", (v) => {
    const inner = object("Pod", { spec: { containers: [{ env: [{ name: "A", value: v }] }] } });
    const middle = object("Pod", { metadata: annotated(last(inner)) });
    return { ...on("pods", "web"), requestObject: object("Pod", { metadata: annotated(last(middle)) }) };
  }),
  value(11, "last-applied of an item of a list", (v) => ({
    ...on("configmaps"),
    verb: "list",
    responseObject: {
      kind: "ConfigMapList",
      items: [{ metadata: annotated(last({ kind: "ConfigMap", data: { k: v } })) }],
    },
  })),
  value(11, "another tool's copy", (v) => ({
    ...on("pods", "web"),
    requestObject: object("Pod", {
      metadata: annotated({
        "kapp.k14s.io/original": JSON.stringify(
          object("Pod", { spec: { containers: [{ env: [{ name: "A", value: v }] }] } }),
        ),
      }),
    }),
  })),
  value(11, "a copy that cannot be read", (v) => ({
    ...on("pods", "web"),
    requestObject: object("Pod", { metadata: annotated({ "tool.example.com/last-applied": `{"x": "${v}` }) }),
  })),
  value(12, "managedFields", (v) => ({
    ...on("pods", "web"),
    requestObject: object("Pod", {
      metadata: { managedFields: [{ fieldsV1: { "f:finalizers": { [`v:${JSON.stringify(v)}`]: {} } } }] },
    }),
  })),

  // Kinds that are secret
  value(13, "registry credentials", (v) => ({
    ...SECRET,
    requestObject: secret({
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": base64(JSON.stringify({ auths: { "r.example.com": { auth: base64(`u:${v}`) } } })) },
    }),
  })),
  value(14, "Helm release in a Secret", (v) => ({
    ...on("secrets", "sh.helm.release.v1.web.v1"),
    requestObject: secret({ type: "helm.sh/release.v1", data: { release: base64(helm(v)) } }),
  })),
  value(14, "Helm release in a ConfigMap", (v) => ({
    ...on("configmaps", "web.v1"),
    requestObject: object("ConfigMap", {
      metadata: { name: "web.v1", labels: { owner: "helm" } },
      data: { release: helm(v) },
    }),
  })),
  value(15, "TokenRequest", (v) => ({
    ...on("serviceaccounts", "web"),
    objectRef: { resource: "serviceaccounts", subresource: "token", namespace: "shop", name: "web", apiVersion: "v1" },
    responseObject: object("TokenRequest", { spec: { audiences: ["https://example.com"] }, status: { token: v } }),
  })),
  value(16, "TokenReview", (v) => ({
    ...on("tokenreviews", undefined, "authentication.k8s.io"),
    requestObject: object("TokenReview", { spec: { token: v } }),
    responseObject: object("TokenReview", { spec: { token: v }, status: { authenticated: true } }),
  })),
  value(17, "CertificateSigningRequest", (v) => ({
    ...on("certificatesigningrequests", "jane", "certificates.k8s.io"),
    requestObject: object("CertificateSigningRequest", { spec: { request: base64(v) } }),
    responseObject: object("CertificateSigningRequest", { status: { certificate: v } }),
  })),

  // Workloads
  value(18, "env of a Deployment", (v) => container({ env: [{ name: "GREETING", value: v }] })),
  value(18, "env of every sort of container", (v) =>
    pod({
      initContainers: [{ env: [{ name: "A", value: v }] }],
      ephemeralContainers: [{ env: [{ name: "A", value: v }] }],
    }),
  ),
  value(18, "env of a CronJob", (v) => ({
    ...on("cronjobs", "nightly", "batch"),
    requestObject: object("CronJob", {
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ env: [{ name: "A", value: v }] }] } } } } },
    }),
  })),
  value(18, "env in a custom resource", (v) =>
    custom("Workflow", { templates: [{ container: { env: [{ name: "A", value: v }] } }] }),
  ),
  value(18, "env as a map", (v) => custom("Operator", { extraEnv: { GREETING: v } })),
  value(19, "flag and value in one word", (v) => container({ args: ["serve", `--db-password=${v}`] })),
  value(19, "flag and value in two words", (v) => container({ args: ["serve", "--api-token", v] })),
  value(19, "a program's password option", (v) => container({ command: ["mysql", "-uroot", `-p${v}`] })),
  value(19, "headers of a probe", (v) =>
    container({ livenessProbe: { httpGet: { httpHeaders: [{ name: "X-Probe", value: v }] } } }),
  ),
  phrase(19, "a shell's script", (t) => container({ command: ["sh", "-c", `echo start\n${t}\n`] })),
  phrase(19, "a word of args", (t) => container({ args: ["serve", t] })),
  phrase(19, "lifecycle hook", (t) => container({ lifecycle: { preStop: { exec: { command: ["sh", "-c", t] } } } })),

  // The request itself
  inUri(20, "exec, a program's password option", (v) => exec("command=mysql", `command=-p${v}`)),
  inUri(20, "exec, flag and value in two words", (v) => exec("command=login", "command=--password", `command=${v}`)),
  uriPhrase(20, "exec of a shell", (t) => exec("command=sh", "command=-c", `command=${t}`)),
  uriPhrase(20, "attach", (t) => exec(`command=${t}`)),
  inUri(21, "proxied path", (v) => uri(`/api/v1/namespaces/shop/services/https:grafana:3000/proxy/api/${v}/x`)),
  inUri(21, "proxied query", (v) => uri(`/api/v1/namespaces/shop/pods/web:8080/proxy/api?limit=${v}`)),
  inUri(21, "kubelet's run", (v) => uri(`/api/v1/nodes/n1/proxy/run/shop/web/app?cmd=login&cmd=--password&cmd=${v}`)),
  inUri(22, "access token in the query", (v) => uri(`/api/v1/pods?access_token=${v}`)),
  inUri(22, "unknown parameter", (v) => uri(`/apis/x.example.com/v1/things?q=${v}&limit=5`)),
  inUri(22, "parameter without a name", (v) => uri(`/apis/x.example.com/v1/things?${v}`)),
  inUri(22, "fragment", (v) => uri(`/api/v1/pods#${v}`)),
  inUri(22, "authority", (v) => uri(`https://svc:${v}@api.example.com/api/v1/pods`)),
  uriPhrase(22, "known parameter", (t) => uri(`/api/v1/pods?limit=500&fieldManager=${t}`)),
  inUri(23, "label selector", (v) => uri(`/api/v1/pods?labelSelector=apikey%3D${v}`)),
  inUri(23, "field selector on data", (v) => uri(`/api/v1/secrets?fieldSelector=data.x%3D${v}`)),
  inUri(23, "continue", (v) => uri(`/api/v1/pods?limit=500&continue=${v}`)),

  // Configuration
  value(24, "ConfigMap.data", (v) => ({
    ...on("configmaps", "app"),
    requestObject: object("ConfigMap", { metadata: { name: "app", namespace: "shop" }, data: { "app.conf": v } }),
  })),
  value(24, "ConfigMap.binaryData", (v) => ({
    ...on("configmaps", "app"),
    responseObject: object("ConfigMap", {
      metadata: { name: "app", namespace: "shop" },
      binaryData: { blob: base64(v) },
    }),
  })),
  value(24, "merge patch of a ConfigMap", (v) =>
    patch({ ...on("configmaps", "app"), requestObject: { data: { k: v } } }),
  ),
  phrase(24, "ConfigMap on the allow list", (t) => ({
    ...on("configmaps", "coredns"),
    objectRef: { resource: "configmaps", namespace: "kube-system", name: "coredns", apiVersion: "v1" },
    requestObject: object("ConfigMap", {
      metadata: { name: "coredns", namespace: "kube-system" },
      data: { Corefile: t },
    }),
  })),
  value(25, "user and password in a webhook's URL", (v) => ({
    ...on("validatingwebhookconfigurations", "v", "admissionregistration.k8s.io"),
    requestObject: object("ValidatingWebhookConfiguration", {
      webhooks: [{ clientConfig: { url: `https://u:${encodeURIComponent(v)}@hook.example.com/x` } }],
    }),
  })),
  value(25, "token in a webhook's URL", (v) => ({
    ...on("mutatingwebhookconfigurations", "m", "admissionregistration.k8s.io"),
    requestObject: object("MutatingWebhookConfiguration", {
      webhooks: [{ clientConfig: { url: `https://hook.example.com/x?token=${encodeURIComponent(v)}` } }],
    }),
  })),
  value(25, "caBundle", (v) => ({
    ...on("apiservices", "v1.x", "apiregistration.k8s.io"),
    requestObject: object("APIService", { spec: { caBundle: base64(v) } }),
  })),

  // Custom resources
  value(26, "Argo CD, helm parameters and values", (v) =>
    custom("Application", {
      source: {
        helm: {
          parameters: [{ name: "size", value: v }],
          values: `size: ${JSON.stringify(v)}\n`,
          valuesObject: { size: v },
        },
      },
    }),
  ),
  value(26, "Flux HelmRelease", (v) => custom("HelmRelease", { values: { ui: { banner: v } } })),
  value(26, "Crossplane Release", (v) =>
    custom("Release", { forProvider: { set: [{ name: "ui", value: v }], values: { ui: v } } }),
  ),
  value(26, "a field named like a secret", (v) => custom("Database", { users: [{ name: "app", password: v }] })),
  value(26, "a field below a name like a secret", (v) => custom("Database", { credentials: { login: v } })),
  value(26, "a parameter named like a secret", (v) =>
    custom("PipelineRun", {
      params: [
        { name: "registry-token", value: v },
        { key: "API_KEY", default: v },
      ],
    }),
  ),
  phrase(26, "any field", (t) => custom("Database", { notes: [t], config: t })),
  phrase(26, "status of anything", (t) => ({
    ...custom("Database", {}),
    responseObject: object("Database", { status: { conditions: [{ type: "Ready", message: t }] } }),
  })),
  value(27, "SealedSecret", (v) =>
    custom("SealedSecret", { encryptedData: { k: v }, template: { data: { k: v }, stringData: { k: v } } }),
  ),
  value(27, "ExternalSecret's template", (v) => custom("ExternalSecret", { target: { template: { data: { k: v } } } })),
  value(27, "SOPS", (v) => ({
    ...on("configmaps", "app"),
    requestObject: object("Settings", {
      token_enc: `ENC[AES256_GCM,data:${v},type:str]`,
      sops: { mac: v, age: [{ enc: v }] },
    }),
  })),
  value(28, "OpenShift Route", (v) => ({
    ...on("routes", "web", "route.openshift.io"),
    requestObject: object("Route", { spec: { tls: { termination: "edge", key: v } } }),
  })),
  value(28, "OpenShift OAuthClient", (v) => ({
    ...on("oauthclients", "console", "oauth.openshift.io"),
    requestObject: object("OAuthClient", { secret: v, additionalSecrets: [v] }),
  })),
  value(28, "Rancher Token", (v) => ({
    ...on("tokens", "token-abcde", "management.cattle.io"),
    requestObject: object("Token", { token: v, userId: "u-abcde" }),
  })),

  // Who, and what was said
  phrase(29, "the name of an object", (t) => ({
    requestURI: `/api/v1/namespaces/shop/pods/${encodeURIComponent(t)}`,
    verb: "get",
    objectRef: { resource: "pods", namespace: "shop", name: t, apiVersion: "v1" },
    responseStatus: {
      code: 404,
      reason: "NotFound",
      message: `pods "${t}" not found`,
      details: { name: t, kind: "pods" },
    },
  })),
  value(30, "user.extra, a key that says so", (v) => ({
    ...on("pods", "web"),
    user: { username: "jane@example.com", extra: { "oauth.token": [v] } },
  })),
  phrase(30, "user.extra, any key", (t) => ({
    ...on("pods", "web"),
    user: { username: "jane@example.com", extra: { "example.com/note": [t] } },
  })),
  phrase(30, "impersonatedUser.extra", (t) => ({
    ...on("pods", "web"),
    impersonatedUser: { username: "bot@example.com", extra: { reason: ["none", t] } },
  })),
  phrase(31, "userAgent", (t) => ({ ...on("pods", "web"), userAgent: `curl/8.5 ${t}` })),
  phrase(31, "auditID, which a client may set", (t) => ({ ...on("pods", "web"), auditID: t })),
  phrase(31, "sourceIPs", (t) => ({ ...on("pods", "web"), sourceIPs: ["203.0.113.7", t] })),
  phrase(32, "user name", (t) => ({
    ...on("pods", "web"),
    user: { username: t, groups: ["system:authenticated", t] },
  })),
  value(33, "a refused value", (v) => ({
    ...on("pods", "web"),
    responseStatus: {
      code: 422,
      reason: "Invalid",
      message: `Pod "web" is invalid: spec.hostname: Invalid value: ${JSON.stringify(v)}: must be a DNS label`,
      details: {
        causes: [{ message: `Invalid value: ${JSON.stringify(v)}: must be a DNS label`, field: "spec.hostname" }],
      },
    },
    responseObject: object("Status", {
      message: `spec.hostname: Unsupported value: ${JSON.stringify(v)}: supported values: "a"`,
    }),
  })),
  value(33, "the diff of a refused Pod", (v) => ({
    ...on("pods", "web"),
    responseStatus: {
      code: 422,
      message: `Pod "web" is invalid: spec: Forbidden: pod updates may not change fields other than image\n  core.PodSpec{\n  \tContainers: []core.Container{{Env: []core.EnvVar{{Name: "A", Value: ${JSON.stringify(v)}}}}},\n`,
    },
  })),
  phrase(33, "any message", (t) => ({
    ...on("pods", "web"),
    responseStatus: { code: 403, message: `admission webhook "w.example.com" denied the request: ${t}` },
    responseObject: object("Status", { message: t, details: { causes: [{ message: t }] } }),
  })),
  value(34, "a mutating webhook's patch", (v) => ({
    ...SECRET,
    annotations: {
      "patch.webhook.admission.k8s.io/round_0_index_1": JSON.stringify({
        configuration: "vault",
        webhook: "vault.example.com",
        patch: [{ op: "add", path: "/data/k", value: base64(v) }],
        patchType: "JSONPatch",
      }),
    },
  })),
  value(34, "a webhook that injects env", (v) => ({
    ...on("pods", "web"),
    annotations: {
      "patch.webhook.admission.k8s.io/round_1_index_0": JSON.stringify({
        patch: [{ op: "add", path: "/spec/containers/0/env/-", value: { name: "A", value: v } }],
        patchType: "JSONPatch",
      }),
    },
  })),
  phrase(35, "a policy's audit annotation", (t) => ({
    ...on("pods", "web"),
    annotations: { "policy.example.com/owner": t },
  })),
  phrase(35, "a policy's failures", (t) => ({
    ...on("pods", "web"),
    annotations: {
      "validation.policy.admission.k8s.io/validation_failure": JSON.stringify([{ message: t, policy: "p" }]),
    },
  })),
  phrase(37, "message of an Event", (t) => ({
    ...on("events", "web.1"),
    requestObject: object("Event", { reason: "Failed", message: t, note: t }),
  })),
  value(38, "delete that returns the Secret", (v) => ({
    ...SECRET,
    verb: "delete",
    responseObject: secret({ metadata: { name: "db", finalizers: ["example.com/x"] }, data: { k: base64(v) } }),
  })),
  value(39, "attributes of a volume", (v) => ({
    ...on("persistentvolumes", "pv-1"),
    requestObject: object("PersistentVolume", {
      spec: {
        csi: { volumeAttributes: { password: v, "csi.storage.k8s.io/serviceAccount.tokens": v } },
        flexVolume: { options: { "secret-key": v } },
      },
    }),
  })),
  value(40, "cloud-init", (v) =>
    custom("VirtualMachine", { volumes: [{ cloudInitNoCloud: { userData: v, userDataBase64: base64(v) } }] }),
  ),
  value(40, "files of a MachineConfig", (v) =>
    custom("KubeadmConfig", { files: [{ path: "/etc/x", content: v }], users: [{ name: "core", passwd: v }] }),
  ),
  phrase(40, "a kubeconfig in a string", (t) =>
    custom("Cluster", {
      bootstrap: `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  note: ${JSON.stringify(t)}\n`,
    }),
  ),

  // JSON itself
  value(45, "a key in another letter case", (v) => ({
    ...SECRET,
    requestObject: secret({ Data: { k: v }, STRINGDATA: { k: v } }),
  })),
  value(
    45,
    "a key that stands twice",
    (v) => ({ ...SECRET, requestObject: secret({ data: { k: v } }) }),
    (json) => json.replace('"data":{', '"data":{"x":"1"},"data":{'),
  ),
  value(
    45,
    "a key in escapes",
    (v) => ({ ...SECRET, requestObject: secret({ data: { k: v } }) }),
    (json) => json.replace('"data":{', '"\\u0064ata":{'),
  ),
  value(
    45,
    "__proto__",
    (v) => ({ ...SECRET, requestObject: secret({ data: { k: v } }) }),
    (json) => json.replace('"data":{', '"__proto__":{"password":"x"},"data":{"__proto__":"x",'),
  ),
  value(45, "beside a lone surrogate and a NUL", (v) => ({
    ...SECRET,
    requestObject: secret({ data: { "k\ud800\u0000": `${v}\ud800\u0000` } }),
  })),
  value(45, "a field that Kubernetes does not know", (v) => ({
    ...on("pods", "web"),
    authenticationMetadata: { password: v },
  })),
  phrase(45, "any text in a field that Kubernetes does not know", (t) => ({
    ...on("pods", "web"),
    extension: { any: [t] },
  })),
  phrase(45, "a forwarder's own keys", (t) => ({
    ...on("pods", "web"),
    cluster: t,
    ingest: { note: t },
    time: t,
    cloud: [t],
  })),
];
