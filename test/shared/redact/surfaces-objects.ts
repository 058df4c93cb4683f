import { any, b64, custom, pod, type Surface, shaped } from "./planting.ts";

/** What workloads, configuration and custom resources hold. */
export const OBJECTS: readonly Surface[] = [
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
  any(37, "Event's message", ["url-credentials"], (s) => ({
    requestObject: {
      kind: "Event",
      message: `Failed to pull image "https://u:${encodeURIComponent(s)}@registry.example.com/x"`,
    },
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
