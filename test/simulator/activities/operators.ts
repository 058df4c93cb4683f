/** Programs in the cluster: informers that list and watch, cert-manager, autoscalers, the provider's add-ons. */
import { clusterRoleBinding } from "../bodies/access.ts";
import { configMap, secretList, storedSecret } from "../bodies/config.ts";
import { certificate, listOf } from "../bodies/custom.ts";
import { storedPod } from "../bodies/pod.ts";
import { storedDeployment } from "../bodies/workload.ts";
import type { Target } from "../request.ts";
import { ask, core, revision, type Scene, target, watch } from "../scene.ts";

const WATCHED: readonly Target[] = [
  core("services"),
  core("namespaces"),
  core("nodes"),
  core("pods"),
  core("configmaps"),
  core("secrets"),
  target("discovery.k8s.io", "v1", "endpointslices"),
  target("apps", "v1", "deployments"),
  target("apps", "v1", "replicasets"),
  target("batch", "v1", "jobs"),
  target("networking.k8s.io", "v1", "ingresses"),
  target("cert-manager.io", "v1", "certificates"),
  target("monitoring.coreos.com", "v1", "servicemonitors"),
  target("storage.k8s.io", "v1", "csinodes"),
];

export function renewWatch(scene: Scene, at: number): void {
  const operator = scene.random.pick(scene.cluster.operators);
  watch(scene, operator.actor, at, scene.random.pick(WATCHED));
}

/** The API server watches itself over the loopback interface. */
export function loopbackWatch(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  if (random.chance(0.4)) {
    ask(scene, cluster.apiserver, at, "get", core("namespaces", "default", "default"));
    return;
  }
  watch(scene, cluster.apiserver, at, random.pick(WATCHED));
}

/** An informer that starts over lists first; lists are the longest answers there are. */
export function relist(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const operator = random.pick(cluster.operators);
  const namespace = random.pick(cluster.namespaces);
  // Mostly a screenful, sometimes everything.
  const count = random.chance(0.03) ? random.between(40, 90) : random.between(0, 12);
  const query = "limit=500&resourceVersion=0";
  switch (random.int(4)) {
    case 0:
      ask(scene, operator.actor, at, "list", core("secrets", namespace), {
        query,
        reply: () => secretList(random, cluster.vault, namespace, count, at, revision(scene)),
      });
      return;
    case 1:
      ask(scene, operator.actor, at, "list", core("configmaps", namespace), {
        query,
        reply: () =>
          listOf("ConfigMapList", "v1", revision(scene), Math.min(count, 20), (index) =>
            configMap(random, cluster.vault, { namespace, name: `config-${index}` }, at, revision(scene)),
          ),
      });
      return;
    case 2:
      ask(scene, operator.actor, at, "list", target("apps", "v1", "deployments"), {
        query,
        reply: () =>
          listOf("DeploymentList", "apps/v1", revision(scene), count, () =>
            storedDeployment(random, random.pick(cluster.workloads), at, revision(scene)),
          ),
      });
      return;
    default:
      ask(scene, operator.actor, at, "list", core("pods"), {
        query,
        reply: () =>
          listOf("PodList", "v1", revision(scene), count, () =>
            storedPod(random.pick(cluster.pods), at, revision(scene), true),
          ),
      });
  }
}

export function renewCertificate(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const actor = operatorNamed(scene, "cert-manager");
  const workload = random.pick(cluster.workloads);
  const named = { namespace: workload.namespace, name: `${workload.name}-tls` };
  ask(scene, actor, at, "get", core("secrets", named.namespace, named.name), {
    reply: () => storedSecret(random, cluster.vault, named, at, revision(scene)),
  });
  const before = revision(scene);
  ask(
    scene,
    actor,
    at + 60_000,
    "update",
    { ...core("secrets", named.namespace, named.name), resourceVersion: before },
    {
      body: () => storedSecret(random, cluster.vault, named, at, before),
      reply: () => storedSecret(random, cluster.vault, named, at, revision(scene)),
    },
  );
  const about = target("cert-manager.io", "v1", "certificates", {
    namespace: workload.namespace,
    name: workload.name,
    resourceVersion: before,
    subresource: "status",
  });
  ask(scene, actor, at + 90_000, "update", about, {
    body: () => certificate(random, { namespace: workload.namespace, name: workload.name }, at, before),
    reply: () => certificate(random, { namespace: workload.namespace, name: workload.name }, at, revision(scene)),
  });
}

export function readRoles(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const actor = random.chance(0.5) ? random.pick(cluster.managers) : random.pick(cluster.operators).actor;
  const resource = random.pick(["clusterroles", "clusterrolebindings"]);
  const name = random.pick(["system:discovery", "system:basic-user", "cluster-admin", "system:node-proxier"]);
  ask(scene, actor, at, "get", target("rbac.authorization.k8s.io", "v1", resource, { name }), {
    reply: () =>
      clusterRoleBinding({ name, role: name, namespace: "kube-system", account: "default" }, at, {
        uid: random.uuid(),
        revision: revision(scene),
      }),
  });
}

/** The provider's managers look after nodes and add-ons. */
export function manageAddons(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const manager = random.pick(cluster.managers);
  const node = random.pick(cluster.nodes);
  if (random.chance(0.5)) {
    ask(scene, manager, at, "get", core("nodes", undefined, node.name));
    return;
  }
  const named = { namespace: "kube-system", name: "addon-state" };
  ask(
    scene,
    manager,
    at,
    "update",
    { ...core("configmaps", named.namespace, named.name), resourceVersion: revision(scene) },
    {
      body: () => configMap(random, cluster.vault, named, at, revision(scene)),
      reply: () => configMap(random, cluster.vault, named, at, revision(scene)),
    },
  );
}

/** @throws RangeError when the cluster has no such operator (a bug in the caller). */
export function operatorNamed(scene: Scene, name: string): Scene["cluster"]["apiserver"] {
  const operator = scene.cluster.operators.find((candidate) => candidate.name === name);
  if (operator === undefined) throw new RangeError(`no operator ${name}`);
  return operator.actor;
}
