/** The controller manager's loops, the scheduler and leader election. */

import { endpointSlice, endpoints, lease } from "../bodies/coordination.ts";
import { listOf } from "../bodies/custom.ts";
import { podToCreate, storedPod } from "../bodies/pod.ts";
import { autoscaler, job, storedReplicaSet } from "../bodies/workload.ts";
import { SECOND } from "../clock.ts";
import { newPod, type Workload } from "../cluster.ts";
import { ask, conflict, core, revision, type Scene, target } from "../scene.ts";
import { startPod } from "./kubelet.ts";

const LEADERS = ["kube-controller-manager", "kube-scheduler"] as const;

export function renewLeadership(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  if (random.chance(0.6)) {
    const name = random.pick(LEADERS);
    const who = name === "kube-scheduler" ? cluster.scheduler : cluster.controllerManager;
    renew(scene, at, { ...who, agent: `${who.agent}/leader-election` }, { namespace: "kube-system", name });
    return;
  }
  const operator = random.pick(cluster.operators);
  renew(scene, at, operator.actor, { namespace: operator.namespace, name: operator.name });
}

function renew(
  scene: Scene,
  at: number,
  who: Parameters<typeof ask>[1],
  named: { namespace: string; name: string },
): void {
  const { random } = scene;
  const before = revision(scene);
  const full = { ...named, uid: scene.cluster.nodes[0]?.uid ?? "" };
  const about = target("coordination.k8s.io", "v1", "leases", { ...named, resourceVersion: before });
  if (random.chance(0.25))
    ask(scene, who, at, "get", target("coordination.k8s.io", "v1", "leases", named), {
      query: "timeout=5s",
      reply: () => lease(random, full, named.name, at, before),
    });
  if (random.chance(0.01)) {
    ask(scene, who, at + 15_000, "update", about, {
      query: "timeout=5s",
      code: 409,
      failure: conflict(about),
      body: () => lease(random, full, named.name, at, before),
    });
    return;
  }
  ask(scene, who, at + 15_000, "update", about, {
    query: "timeout=5s",
    body: () => lease(random, full, `${named.name}_${full.uid}`, at, before),
    reply: () => lease(random, full, `${named.name}_${full.uid}`, at, revision(scene)),
  });
}

export function updateEndpoints(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const pods = cluster.pods.filter((pod) => pod.workload === workload);
  const { namespace, name } = workload;
  const before = revision(scene);
  if (random.chance(0.6)) {
    const about = target("discovery.k8s.io", "v1", "endpointslices", {
      namespace,
      name: `${name}-${workload.hash.slice(0, 5)}`,
      resourceVersion: before,
    });
    ask(scene, cluster.controllers["endpointslice-controller"], at, "update", about, {
      body: () => endpointSlice(random, workload, pods, at, before),
      reply: () => endpointSlice(random, workload, pods, at, revision(scene)),
    });
    return;
  }
  ask(
    scene,
    cluster.controllers["endpoint-controller"],
    at,
    "update",
    { ...core("endpoints", namespace, name), resourceVersion: before },
    {
      body: () => endpoints(workload, pods, at, before),
      reply: () => endpoints(workload, pods, at, revision(scene)),
      annotations: { "k8s.io/deprecated": "true" },
    },
  );
}

export function updateReplicaSet(
  scene: Scene,
  at: number,
  workload: Workload = scene.random.pick(scene.cluster.workloads),
): void {
  const { namespace, name, hash } = workload;
  const before = revision(scene);
  const about = target("apps", "v1", "replicasets", {
    namespace,
    name: `${name}-${hash}`,
    uid: workload.replicaSetUid,
    resourceVersion: before,
    subresource: "status",
  });
  ask(scene, scene.cluster.controllers["replicaset-controller"], at, "update", about, {
    body: () => storedReplicaSet(workload, 3, at, before),
    reply: () => storedReplicaSet(workload, 3, at, revision(scene)),
  });
}

/** One pod is replaced by another: creation, binding, start, and the end of the old one. */
export function replacePod(scene: Scene, at: number, index = scene.random.int(scene.cluster.pods.length)): void {
  const { random, cluster } = scene;
  const old = cluster.pods[index];
  if (old === undefined) return;
  const { workload } = old;
  const pod = newPod(random, workload, random.pick(cluster.nodes));
  cluster.pods[index] = pod;
  const { namespace } = workload;
  const replicaSets = cluster.controllers["replicaset-controller"];
  const annotations: Record<string, string> = { "pod-security.kubernetes.io/enforce-policy": "baseline:latest" };
  if (random.chance(0.3)) Object.assign(annotations, sidecarInjection(random.pick(cluster.vault.injectedValues)));
  ask(scene, replicaSets, at, "create", core("pods", namespace, pod.name), {
    body: () => podToCreate(workload),
    reply: () => storedPod(pod, at, revision(scene), false),
    annotations,
  });
  ask(scene, cluster.scheduler, at + 60_000, "create", core("pods", namespace, pod.name, "binding"), {
    body: () => ({
      kind: "Binding",
      apiVersion: "v1",
      metadata: { name: pod.name, namespace, uid: pod.uid, creationTimestamp: null },
      target: { kind: "Node", name: pod.node.name },
    }),
    reply: () => ({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 }),
  });
  startPod(scene, at + 120_000, pod);
  updateReplicaSet(scene, at + 6 * SECOND, workload);
  const stop = { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 30, preconditions: { uid: old.uid } };
  ask(scene, replicaSets, at + 7 * SECOND, "delete", core("pods", namespace, old.name), {
    body: () => stop,
    reply: () => storedPod(old, at, revision(scene), true),
  });
  ask(scene, old.node.kubelet, at + 9 * SECOND, "delete", core("pods", namespace, old.name), {
    body: () => ({ ...stop, gracePeriodSeconds: 0 }),
    reply: () => storedPod(old, at, revision(scene), true),
  });
}

/** What a mutating webhook leaves in the annotations: that it changed the pod, and, from level Request on, how. */
function sidecarInjection(secret: string): Record<string, string> {
  const webhook = { configuration: "sidecar-injector", webhook: "inject.mesh.example.com" };
  const patch = [
    { op: "add", path: "/spec/containers/0/env/-", value: { name: "MESH_BOOTSTRAP_TOKEN", value: secret } },
  ];
  return {
    "mutation.webhook.admission.k8s.io/round_0_index_0": JSON.stringify({ ...webhook, mutated: true }),
    "patch.webhook.admission.k8s.io/round_0_index_0": JSON.stringify({ ...webhook, patch, patchType: "JSONPatch" }),
  };
}

export function scale(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const { namespace, name } = workload;
  const who = cluster.controllers["horizontal-pod-autoscaler"];
  ask(scene, who, at, "get", target("apps", "v1", "deployments", { namespace, name, subresource: "scale" }));
  ask(scene, who, at + 9_000, "list", target("metrics.k8s.io", "v1beta1", "pods", { namespace }), {
    query: `labelSelector=app.kubernetes.io%2Fname%3D${name}`,
    reply: () =>
      listOf("PodMetricsList", "metrics.k8s.io/v1beta1", "", 3, (index) => ({
        metadata: { name: `${name}-${index}`, namespace, labels: workload.labels },
        window: "15s",
        containers: [{ name: "app", usage: { cpu: `${random.int(900)}m`, memory: `${random.int(400)}Mi` } }],
      })),
  });
  const before = revision(scene);
  ask(
    scene,
    who,
    at + 22_000,
    "update",
    target("autoscaling", "v2", "horizontalpodautoscalers", {
      namespace,
      name,
      uid: workload.uid,
      resourceVersion: before,
      subresource: "status",
    }),
    {
      body: () => autoscaler(random, workload, at, before),
      reply: () => autoscaler(random, workload, at, revision(scene)),
    },
  );
}

export function runCronJob(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const name = `${workload.name}-nightly-${Math.floor(at / 60_000_000)}`;
  ask(
    scene,
    cluster.controllers["cronjob-controller"],
    at,
    "create",
    target("batch", "v1", "jobs", { namespace: workload.namespace, name }),
    {
      body: () => job(random, workload, at, name),
      reply: () => job(random, workload, at, name),
    },
  );
}

/** The garbage collector and the quota controller look through everything from time to time. */
export function collectGarbage(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const pod = random.pick(cluster.pods);
  if (random.chance(0.2)) {
    ask(scene, cluster.controllers["namespace-controller"], at, "deletecollection", core("configmaps", "staging"), {
      body: () => ({ kind: "DeleteOptions", apiVersion: "v1" }),
    });
    return;
  }
  ask(
    scene,
    cluster.controllers["generic-garbage-collector"],
    at,
    "get",
    target("apps", "v1", "replicasets", {
      namespace: pod.workload.namespace,
      name: `${pod.workload.name}-${pod.workload.hash}`,
    }),
    {
      reply: () => storedReplicaSet(pod.workload, 3, at, revision(scene)),
    },
  );
}
