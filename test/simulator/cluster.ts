import type { ClusterProvider, JsonObject } from "../../shared/event.ts";
import { type Actor, component, controller, kubelet, type Realm, workloadActor } from "./actor.ts";
import { type Definition, definitions } from "./bodies/custom.ts";
import { podSpec } from "./bodies/pod-template.ts";
import { deployerOf, managersOf, peopleOf } from "./people.ts";
import { Random } from "./random.ts";
import { type Vault, vaultOf } from "./vault.ts";

export interface ClusterOptions {
  provider?: ClusterProvider;
  name?: string;
  /** AWS account, Google project or Azure subscription. */
  account?: string;
  region?: string;
  nodes?: number;
  workloads?: number;
}

export interface Node {
  readonly name: string;
  readonly uid: string;
  readonly ip: string;
  readonly kubelet: Actor;
}

/** A Deployment with its ReplicaSet and the pod template that both share. */
export interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly hash: string;
  readonly replicaSetUid: string;
  readonly labels: JsonObject;
  readonly image: string;
  /** Spec of the pod template, without what admission and the scheduler add. */
  readonly template: JsonObject;
}

/** Pods come and go while the traffic runs; the list keeps its length. */
export interface Pod {
  name: string;
  uid: string;
  ip: string;
  node: Node;
  workload: Workload;
}

export interface Cluster {
  readonly realm: Realm;
  readonly vault: Vault;
  readonly namespaces: readonly string[];
  readonly nodes: readonly Node[];
  readonly workloads: readonly Workload[];
  readonly pods: Pod[];
  readonly people: readonly Actor[];
  readonly deployer: Actor;
  readonly managers: readonly Actor[];
  readonly apiserver: Actor;
  readonly controllerManager: Actor;
  readonly scheduler: Actor;
  /** Loops of the controller manager, by name. */
  readonly controllers: Readonly<Record<ControllerName, Actor>>;
  /** In-cluster programs with a service account, by namespace/name. */
  readonly operators: readonly Operator[];
  /** Front of the shop: the pod whose token the intruder steals. */
  readonly storefront: Actor;
  /** Made when first asked for: they are half a megabyte. */
  readonly definitions: () => readonly Definition[];
  readonly revision: { value: number };
}

export interface Operator {
  readonly namespace: string;
  readonly name: string;
  readonly actor: Actor;
}

const CONTROLLERS = [
  "replicaset-controller",
  "deployment-controller",
  "endpoint-controller",
  "endpointslice-controller",
  "horizontal-pod-autoscaler",
  "generic-garbage-collector",
  "job-controller",
  "cronjob-controller",
  "namespace-controller",
  "resourcequota-controller",
  "root-ca-cert-publisher",
] as const;
export type ControllerName = (typeof CONTROLLERS)[number];

const OPERATORS: readonly (readonly [namespace: string, name: string, agent: string])[] = [
  ["cert-manager", "cert-manager", "cert-manager-certificates-issuing/v1.18.2 (linux/amd64) cert-manager/8c4b6d5"],
  ["cert-manager", "cert-manager-cainjector", "cert-manager-cainjector/v1.18.2 (linux/amd64) cert-manager/8c4b6d5"],
  ["ingress", "ingress-nginx", "nginx-ingress-controller/v1.13.1 (linux/amd64) ingress-nginx/12f5c8e"],
  ["kube-system", "coredns", "Go-http-client/2.0"],
  ["kube-system", "metrics-server", "metrics-server/v0.8.0 (linux/amd64) kubernetes/3d7c1f0"],
  ["kube-system", "kube-proxy", "kube-proxy/v1.33.4 (linux/amd64) kubernetes/74cdb42"],
  ["kube-system", "cluster-autoscaler", "cluster-autoscaler/v1.33.0 (linux/amd64) kubernetes/0f5d9a2"],
  ["monitoring", "prometheus-operator", "PrometheusOperator/0.84.1 (linux/amd64)"],
  ["monitoring", "prometheus-k8s", "Prometheus/3.5.0"],
  ["monitoring", "kube-state-metrics", "kube-state-metrics/v2.16.0 (linux/amd64) kube-state-metrics/c4d3b2a"],
  ["ci", "argocd-application-controller", "argocd-application-controller/v3.1.0 (linux/amd64) argocd/d1a2c3e"],
];

const NAMESPACES = [
  "cert-manager",
  "checkout",
  "ci",
  "data",
  "default",
  "identity",
  "ingress",
  "kube-system",
  "monitoring",
  "payments",
  "search",
  "staging",
  "web",
] as const;
/** Where the shop's own workloads live. */
export const APPLICATION_NAMESPACES = ["checkout", "data", "identity", "payments", "search", "staging", "web"] as const;
const PARTS = [
  "api",
  "worker",
  "gateway",
  "cache",
  "scheduler",
  "exporter",
  "frontend",
  "ledger",
  "mailer",
  "indexer",
] as const;

const DEFAULTS: Record<ClusterProvider, { name: string; account: string; region: string }> = {
  eks: { name: "prod", account: "111122223333", region: "eu-west-1" },
  gke: { name: "prod", account: "example-project", region: "europe-west1" },
  aks: { name: "prod", account: "00000000-0000-4000-8000-000000000000", region: "westeurope" },
  kubernetes: { name: "edge-1", account: "", region: "" },
};

/** A cluster whose every name and id follows from `seed` and `options`. */
export function makeCluster(seed: number | string, options: ClusterOptions = {}): Cluster {
  const provider = options.provider ?? "kubernetes";
  const defaults = DEFAULTS[provider];
  const random = new Random(seed).fork(`cluster/${provider}`);
  const realm: Realm = {
    provider,
    account: options.account ?? defaults.account,
    region: options.region ?? defaults.region,
    cluster: options.name ?? defaults.name,
    version: provider === "gke" ? "v1.33.4" : "v1.33.3",
    commit: random.hex(7),
  };
  const vault = vaultOf(seed);
  const plane = provider === "aks" ? "172.31.12.4" : "10.0.160.7";
  const nodes = Array.from({ length: options.nodes ?? 12 }, (_, index) => makeNode(realm, random, index));
  const workloads = Array.from({ length: options.workloads ?? 40 }, (_, index) => makeWorkload(random, vault, index));
  const pods = workloads.flatMap((workload) =>
    Array.from({ length: random.between(1, 6) }, () => newPod(random, workload, random.pick(nodes))),
  );
  const place = () => {
    const node = random.pick(nodes);
    return { node: node.name, nodeUid: node.uid, ip: podIp(random) };
  };
  return {
    realm,
    vault,
    namespaces: NAMESPACES,
    nodes,
    workloads,
    pods,
    people: peopleOf(realm, random),
    deployer: deployerOf(realm, random),
    managers: managersOf(realm, random, plane),
    apiserver: component(realm, "apiserver", random, plane),
    controllerManager: component(realm, "kube-controller-manager", random, plane),
    scheduler: component(realm, "kube-scheduler", random, plane),
    controllers: Object.fromEntries(
      CONTROLLERS.map((name) => [name, controller(realm, name, random, plane)]),
    ) as Record<ControllerName, Actor>,
    operators: OPERATORS.map(([namespace, name, agent]) => ({
      namespace,
      name,
      actor: workloadActor(namespace, name, agent, random, place()),
    })),
    storefront: workloadActor("web", "storefront", "storefront/2.14.0", random, place()),
    definitions: once(() => definitions(random.fork("definitions"))),
    revision: { value: 48_211_007 + random.int(1_000_000) },
  };
}

function makeNode(realm: Realm, random: Random, index: number): Node {
  const low = 16 + index * 7 + random.int(7);
  const ip = `10.0.${random.between(1, 120)}.${low % 250}`;
  const machine = `i-0${random.hex(16)}`;
  const names: Record<ClusterProvider, string> = {
    eks: `ip-${ip.replaceAll(".", "-")}.${realm.region}.compute.internal`,
    gke: `gke-${realm.cluster}-default-pool-${nodePool(realm)}-${random.suffix(4)}`,
    aks: `aks-nodepool1-${nodePool(realm)}-vmss${index.toString(36).padStart(6, "0")}`,
    kubernetes: `worker-${String(index + 1).padStart(2, "0")}.example.com`,
  };
  const name = names[realm.provider];
  return { name, uid: random.uuid(), ip, kubelet: kubelet(realm, { name, ip, machine }, random) };
}

/** Eight digits that all nodes of a pool share. */
function nodePool(realm: Realm): string {
  return new Random(`${realm.account}/${realm.cluster}`).digits(8);
}

function makeWorkload(random: Random, vault: Vault, index: number): Workload {
  const namespace = APPLICATION_NAMESPACES[index % APPLICATION_NAMESPACES.length] as string;
  const part = PARTS[Math.floor(index / APPLICATION_NAMESPACES.length) % PARTS.length] as string;
  const name = `${namespace}-${part}${index >= APPLICATION_NAMESPACES.length * PARTS.length ? `-${index}` : ""}`;
  const image = `registry.example.com/${namespace}/${part}@sha256:${random.hex(64)}`;
  const labels = {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": namespace,
    "app.kubernetes.io/managed-by": "Helm",
  };
  return {
    namespace,
    name,
    uid: random.uuid(),
    hash: random.hex(9),
    replicaSetUid: random.uuid(),
    labels,
    image,
    template: podSpec(random, vault, { namespace, name, image }),
  };
}

/** A pod with fresh identity. */
export function newPod(random: Random, workload: Workload, node: Node): Pod {
  return {
    name: `${workload.name}-${workload.hash}-${random.suffix(5)}`,
    uid: random.uuid(),
    ip: podIp(random),
    node,
    workload,
  };
}

function podIp(random: Random): string {
  return `10.0.${random.between(128, 159)}.${random.between(2, 250)}`;
}

/** The next resourceVersion: etcd's revision only grows, and other writes pass unseen. */
export function nextRevision(cluster: Cluster, random: Random): string {
  cluster.revision.value += 1 + random.int(3);
  return String(cluster.revision.value);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
