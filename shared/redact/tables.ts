/** Lists that rules refer to. */

/** Patches carry no kind: the kind of what an URL names, by resource or resource/subresource. */
export const KIND_OF_RESOURCE: Readonly<Record<string, string>> = {
  secrets: "Secret",
  configmaps: "ConfigMap",
  "serviceaccounts/token": "TokenRequest",
  tokenreviews: "TokenReview",
  certificatesigningrequests: "CertificateSigningRequest",
  certificaterequests: "CertificateRequest",
  clustertrustbundles: "ClusterTrustBundle",
  podcertificaterequests: "PodCertificateRequest",
  applications: "Application",
  applicationsets: "ApplicationSet",
  helmreleases: "HelmRelease",
  helmcharts: "HelmChart",
  helmchartconfigs: "HelmChartConfig",
  helmchartproxies: "HelmChartProxy",
  releases: "Release",
  sealedsecrets: "SealedSecret",
  externalsecrets: "ExternalSecret",
  clusterexternalsecrets: "ClusterExternalSecret",
  pushsecrets: "PushSecret",
  routes: "Route",
  oauthclients: "OAuthClient",
  providerconfigs: "ProviderConfig",
  machineconfigs: "MachineConfig",
  kubeadmconfigs: "KubeadmConfig",
  kubeadmconfigtemplates: "KubeadmConfigTemplate",
  kubeadmcontrolplanes: "KubeadmControlPlane",
};

/** Annotations that hold a copy of the object, or of what was applied. Lower case; a `*` stands for anything. */
export const COPY_ANNOTATIONS: readonly string[] = [
  "*last-applied*",
  "*lastapplied*",
  "kapp.k14s.io/original*",
  "objectset.rio.cattle.io/applied",
  "cluster.x-k8s.io/conversion-data",
  "*previous-configuration*",
  "*original-spec*",
];

/** Annotation of the event with a mutating webhook's patch (kube-apiserver, from level Request). */
export const WEBHOOK_PATCH_ANNOTATION = "patch.webhook.admission.k8s.io/";

/** Annotations of the API server whose key names a token and whose value does not hold one (apiserver, authentication). */
export const SAFE_ANNOTATIONS: ReadonlySet<string> = new Set([
  "authentication.k8s.io/legacy-token",
  "authentication.k8s.io/stale-token",
]);

/** ConfigMaps that everybody may read and that detections need. `namespace/name`, `*` for any. */
export const PUBLIC_CONFIG_MAPS: readonly string[] = [
  "kube-system/aws-auth",
  "kube-system/coredns",
  "kube-system/extension-apiserver-authentication",
  "*/kube-root-ca.crt",
];

/** Query parameters of the API itself; their values stay (text rules apply). */
export const KNOWN_PARAMETERS: ReadonlySet<string> = new Set(
  (
    "limit resourceVersion resourceVersionMatch timeout timeoutSeconds watch allowWatchBookmarks sendInitialEvents pretty dryRun fieldManager " +
    "fieldValidation force propagationPolicy gracePeriodSeconds orphanDependents container stdin stdout stderr tty follow previous tailLines " +
    "limitBytes timestamps sinceSeconds sinceTime includeUninitialized insecureSkipTLSVerifyBackend stream ports includeObject as"
  ).split(" "),
);

/** Parameters that only some paths of the API server have. */
export const PARAMETERS_OF_PATH: readonly { readonly path: string; readonly names: readonly string[] }[] = [
  { path: "/openapi/", names: ["hash"] },
  { path: "/healthz", names: ["verbose", "exclude"] },
  { path: "/livez", names: ["verbose", "exclude"] },
  { path: "/readyz", names: ["verbose", "exclude"] },
];

/** First segments of the API server's own paths; others belong to whoever has an aggregated server. */
export const API_ROOTS: ReadonlySet<string> = new Set([
  "api",
  "apis",
  "healthz",
  "livez",
  "readyz",
  "version",
  "openapi",
  "metrics",
  "logs",
  "swagger.json",
  "swaggerapi",
  "swagger-2.0.0.pb-v1",
  ".well-known",
  "debug",
  "flagz",
  "statusz",
]);

/** The kubelet's API behind nodes/x/proxy/: how many segments after the first are names (namespace, pod, uid, container). */
export const KUBELET_PATHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    run: 4,
    exec: 4,
    attach: 4,
    portForward: 3,
    containerLogs: 3,
    pods: 0,
    runningpods: 0,
    metrics: 2,
    stats: 4,
    spec: 0,
    healthz: 1,
    configz: 0,
    checkpoint: 3,
  }),
);

/** OpenShift resources named after a token before 4.6; since then after its hash, with this prefix. */
export const NAMED_AFTER_TOKEN: ReadonlySet<string> = new Set(["oauthaccesstokens", "oauthauthorizetokens"]);
export const HASHED_NAME = "sha256~";
