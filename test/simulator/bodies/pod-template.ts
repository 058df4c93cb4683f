import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import type { Random } from "../random.ts";
import type { Vault } from "../vault.ts";
import { frozen } from "../wire.ts";

const PLAIN_ENV = [
  "LOG_LEVEL",
  "PORT",
  "REGION",
  "FEATURE_FLAGS",
  "CACHE_TTL",
  "WORKERS",
  "TRACE_RATIO",
  "UPSTREAM_URL",
  "QUEUE",
  "SHARD_COUNT",
  "TIMEOUT_MS",
  "HTTP_PROXY",
  "TZ",
  "GOMAXPROCS",
];
const SECRET_ENV = ["DB_PASSWORD", "API_KEY", "DATABASE_URL", "SMTP_PASSWORD"];

/** A pod template's spec: one to three containers, some with secrets written straight into env and args. */
export function podSpec(
  random: Random,
  vault: Vault,
  app: { namespace: string; name: string; image: string },
): JsonObject {
  const containers: JsonValue[] = [mainContainer(random, vault, app)];
  if (random.chance(0.45)) containers.push(sidecar(random, "proxy", "registry.example.com/mesh/proxy:1.27.1"));
  if (random.chance(0.25))
    containers.push(sidecar(random, "log-agent", "registry.example.com/observability/agent:3.2.4"));
  return frozen({
    volumes: [
      { name: "config", configMap: { name: `${app.name}-config`, defaultMode: 420 } },
      { name: "tls", secret: { secretName: `${app.name}-tls`, defaultMode: 288 } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ],
    containers,
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    nodeSelector: { "kubernetes.io/os": "linux" },
    serviceAccountName: app.name,
    serviceAccount: app.name,
    securityContext: {
      runAsUser: 10001,
      runAsNonRoot: true,
      fsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    imagePullSecrets: [{ name: "registry-credentials" }],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              labelSelector: { matchLabels: { "app.kubernetes.io/name": app.name } },
              topologyKey: "topology.kubernetes.io/zone",
            },
          },
        ],
      },
    },
    schedulerName: "default-scheduler",
  });
}

function mainContainer(
  random: Random,
  vault: Vault,
  app: { namespace: string; name: string; image: string },
): JsonObject {
  const env: JsonValue[] = [];
  for (const name of PLAIN_ENV) if (random.chance(0.6)) env.push({ name, value: plainValue(random, name) });
  env.push({ name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } });
  env.push({ name: "SESSION_KEY", valueFrom: { secretKeyRef: { name: `${app.name}-session`, key: "key" } } });
  for (const name of SECRET_ENV) {
    if (!random.chance(0.3)) continue;
    const value = random.pick(vault.envValues);
    // 15 characters precede the value in the URL: it keeps its place modulo three.
    env.push({
      name,
      value:
        name === "DATABASE_URL" ? `postgres://app:${value}@db.data.svc.cluster.local:5432/${app.namespace}` : value,
    });
  }
  const args: JsonValue[] = ["serve", `--listen=:${random.between(8000, 9000)}`, "--graceful-timeout=25s"];
  if (random.chance(0.2)) args.push(`--signing-token=${random.pick(vault.argValues)}`);
  return {
    name: "app",
    image: app.image,
    args,
    ports: [
      { name: "http", containerPort: 8080, protocol: "TCP" },
      { name: "metrics", containerPort: 9090, protocol: "TCP" },
    ],
    env,
    resources: { limits: { cpu: "1", memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
    volumeMounts: [
      { name: "config", readOnly: true, mountPath: "/etc/app" },
      { name: "tls", readOnly: true, mountPath: "/etc/tls" },
      { name: "tmp", mountPath: "/tmp" },
    ],
    livenessProbe: {
      httpGet: { path: "/live", port: "http", scheme: "HTTP" },
      initialDelaySeconds: 5,
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: "/ready", port: "http", scheme: "HTTP" },
      timeoutSeconds: 1,
      periodSeconds: 5,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
    securityContext: { capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
  };
}

function plainValue(random: Random, name: string): string {
  if (name === "UPSTREAM_URL")
    return `http://${random.pick(["search-api.search", "payments-api.payments", "identity-api.identity"])}.svc.cluster.local:8080`;
  if (name === "FEATURE_FLAGS") return `new-checkout=${random.chance(0.5)},fast-search=true,rollout=${random.int(100)}`;
  return String(random.int(5000));
}

function sidecar(random: Random, name: string, image: string): JsonObject {
  return {
    name,
    image,
    args: ["--config=/etc/config/agent.yaml", `--sample=${random.int(100)}`],
    resources: { limits: { memory: "128Mi" }, requests: { cpu: "10m", memory: "64Mi" } },
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
    securityContext: { runAsUser: 1337, runAsNonRoot: true, allowPrivilegeEscalation: false },
  };
}
