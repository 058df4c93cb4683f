import { any, b64, custom, podRef, type Surface, secrets, shaped } from "./planting.ts";

/** Secrets, tokens and certificates: surfaces 1 to 17. */
export const SECRETS: readonly Surface[] = [
  any(1, "Secret data", ["secret.data"], (s) => ({
    objectRef: secrets,
    requestObject: { kind: "Secret", data: { password: b64(s) } },
  })),
  any(1, "Secret stringData", ["secret.string-data"], (s) => ({
    objectRef: secrets,
    requestObject: { kind: "Secret", stringData: { k: s } },
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
];
