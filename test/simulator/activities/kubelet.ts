/** What the nodes' agents do all day: most of the traffic of a quiet cluster. */

import { tokenRequest } from "../bodies/access.ts";
import { configMap, storedSecret } from "../bodies/config.ts";
import { clusterEvent, lease } from "../bodies/coordination.ts";
import { nodeImagesPatch, nodeStatusPatch } from "../bodies/node.ts";
import { podStatusPatch, storedPod } from "../bodies/pod.ts";
import { SECOND } from "../clock.ts";
import type { Pod } from "../cluster.ts";
import { ask, core, revision, type Scene, target, watch } from "../scene.ts";

export function renewNodeLease(scene: Scene, at: number): void {
  const node = scene.random.pick(scene.cluster.nodes);
  const named = { namespace: "kube-node-lease", name: node.name, uid: node.uid };
  const before = revision(scene);
  ask(
    scene,
    node.kubelet,
    at,
    "update",
    target("coordination.k8s.io", "v1", "leases", { ...named, resourceVersion: before }),
    {
      query: "timeout=10s",
      body: () => lease(scene.random, named, node.name, at, before),
      reply: () => lease(scene.random, named, node.name, at, revision(scene)),
    },
  );
}

export function reportNodeStatus(scene: Scene, at: number): void {
  const { random } = scene;
  const node = random.pick(scene.cluster.nodes);
  const withImages = random.chance(0.12);
  ask(scene, node.kubelet, at, "get", core("nodes", undefined, node.name), { query: "resourceVersion=0&timeout=10s" });
  ask(scene, node.kubelet, at + 12_000, "patch", core("nodes", undefined, node.name, "status"), {
    query: "timeout=10s",
    body: () => (withImages ? nodeImagesPatch(node, at) : nodeStatusPatch(at)),
    reply: () => ({
      kind: "Node",
      apiVersion: "v1",
      metadata: { name: node.name, uid: node.uid, resourceVersion: revision(scene) },
      ...nodeImagesPatch(node, at),
    }),
  });
}

export function reportPodStatus(
  scene: Scene,
  at: number,
  pod: Pod = scene.random.pick(scene.cluster.pods),
  ready = true,
): void {
  ask(scene, pod.node.kubelet, at, "patch", core("pods", pod.workload.namespace, pod.name, "status"), {
    body: () => podStatusPatch(pod, at, ready),
    reply: () => storedPod(pod, at, revision(scene), true),
  });
}

/** A mounted Secret or ConfigMap is read again. */
export function readMounted(scene: Scene, at: number, pod: Pod = scene.random.pick(scene.cluster.pods)): void {
  const { random, cluster } = scene;
  const { namespace, name } = pod.workload;
  if (random.chance(0.5)) {
    const named = { namespace, name: random.chance(0.5) ? `${name}-tls` : "registry-credentials" };
    ask(scene, pod.node.kubelet, at, "get", core("secrets", namespace, named.name), {
      reply: () => storedSecret(random, cluster.vault, named, at, revision(scene)),
    });
  } else {
    ask(scene, pod.node.kubelet, at, "get", core("configmaps", namespace, `${name}-config`), {
      reply: () => configMap(random, cluster.vault, { namespace, name: `${name}-config` }, at, revision(scene)),
    });
  }
}

export function watchMounted(scene: Scene, at: number): void {
  const pod = scene.random.pick(scene.cluster.pods);
  const { namespace, name } = pod.workload;
  const [resource, object] = scene.random.chance(0.5) ? ["secrets", `${name}-tls`] : ["configmaps", `${name}-config`];
  watch(scene, pod.node.kubelet, at, core(resource as string, namespace), `metadata.name%3D${object}`);
}

export function requestToken(scene: Scene, at: number, pod: Pod = scene.random.pick(scene.cluster.pods)): void {
  const { namespace, name } = pod.workload;
  ask(scene, pod.node.kubelet, at, "create", core("serviceaccounts", namespace, name, "token"), {
    body: () => tokenRequest(pod, at),
    reply: () => tokenRequest(pod, at, scene.random.pick(scene.cluster.vault.tokens)),
    annotations: { "authentication.kubernetes.io/issued-credential-id": `JTI=${scene.random.uuid()}` },
  });
}

export function recordEvent(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const pod = random.pick(cluster.pods);
  const [reason, message] = random.chance(0.9)
    ? ["Pulled", `Container image "${pod.workload.image}" already present on machine`]
    : [
        "Failed",
        `Failed to pull image: https://ci:${random.pick(cluster.vault.eventPasswords)}@registry.example.com/v2/ answered 403`,
      ];
  ask(scene, pod.node.kubelet, at, "create", core("events", pod.workload.namespace), {
    body: () => clusterEvent(pod, reason as string, message as string, at),
    reply: () => clusterEvent(pod, reason as string, message as string, at),
  });
}

/** The first seconds of a pod on its node, after the scheduler bound it. */
export function startPod(scene: Scene, at: number, pod: Pod): void {
  ask(scene, pod.node.kubelet, at, "get", core("pods", pod.workload.namespace, pod.name), {
    reply: () => storedPod(pod, at, revision(scene), false),
  });
  requestToken(scene, at + 200_000, pod);
  readMounted(scene, at + 260_000, pod);
  reportPodStatus(scene, at + 900_000, pod, false);
  reportPodStatus(scene, at + (3 + scene.random.int(12)) * SECOND, pod, true);
}
