/** Continuous delivery: kubectl apply in both ways, Helm, custom resource definitions. */
import { configMap, helmSecret, secretPatch, storedSecret } from "../bodies/config.ts";
import { clientSideApply, serverSideApply, storedDeployment } from "../bodies/workload.ts";
import { SECOND } from "../clock.ts";
import { ask, askPath, conflict, core, revision, type Scene, target, watch } from "../scene.ts";
import { replacePod } from "./controllers.ts";

/** A rollout by kubectl: read, apply, wait; then the cluster replaces a pod. */
export function deploy(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const { namespace, name } = workload;
  const who = cluster.deployer;
  askPath(scene, who, at, "/openapi/v3", { query: "timeout=32s" });
  ask(scene, who, at + 300_000, "get", core("namespaces", namespace, namespace));
  const deployment = target("apps", "v1", "deployments", { namespace, name });
  ask(scene, who, at + 500_000, "get", deployment, {
    reply: () => storedDeployment(random, workload, at, revision(scene)),
  });
  const serverSide = random.chance(0.6);
  ask(scene, who, at + 800_000, "patch", deployment, {
    query: serverSide
      ? "fieldManager=ci&fieldValidation=Strict&force=true"
      : "fieldManager=kubectl-client-side-apply&fieldValidation=Strict",
    body: () => (serverSide ? serverSideApply(workload) : clientSideApply(random, workload)),
    reply: () => storedDeployment(random, workload, at, revision(scene)),
  });
  const config = { namespace, name: `${name}-config` };
  ask(scene, who, at + SECOND, "patch", core("configmaps", namespace, config.name), {
    query: "fieldManager=ci&force=true",
    body: () => configMap(random, cluster.vault, config, at, revision(scene)),
    reply: () => configMap(random, cluster.vault, config, at, revision(scene)),
  });
  if (random.chance(0.3)) changeSecret(scene, at + 1_200_000, namespace, `${name}-session`);
  watch(scene, who, at + 2 * SECOND, target("apps", "v1", "deployments", { namespace }), `metadata.name%3D${name}`);
  ask(
    scene,
    cluster.controllers["deployment-controller"],
    at + 3 * SECOND,
    "update",
    { ...deployment, resourceVersion: revision(scene), subresource: "status" },
    {
      body: () => storedDeployment(random, workload, at, revision(scene)),
      reply: () => storedDeployment(random, workload, at, revision(scene)),
    },
  );
  const index = cluster.pods.findIndex((pod) => pod.workload === workload);
  if (index >= 0) replacePod(scene, at + 4 * SECOND, index);
}

function changeSecret(scene: Scene, at: number, namespace: string, name: string): void {
  const { random, cluster } = scene;
  const reply = () => storedSecret(random, cluster.vault, { namespace, name }, at, revision(scene));
  if (random.chance(0.5)) {
    ask(scene, cluster.deployer, at, "patch", core("secrets", namespace, name), {
      query: "fieldManager=kubectl-patch",
      body: () => secretPatch(random, cluster.vault),
      reply,
    });
    return;
  }
  ask(scene, cluster.deployer, at, "create", core("secrets", namespace, name), {
    query: "fieldManager=kubectl-create",
    body: reply,
    reply,
  });
}

/** `helm upgrade`: the releases are listed, a new one is written, the old one marked. */
export function helmUpgrade(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const { namespace, name } = workload;
  const who = { ...cluster.deployer, agent: "Helm/3.18.4" };
  const version = random.between(2, 60);
  ask(scene, who, at, "list", core("secrets", namespace), {
    query: `labelSelector=name%3D${name}%2Cowner%3Dhelm`,
    reply: () => {
      const {
        kind: _kind,
        apiVersion: _version,
        ...item
      } = helmSecret(random, cluster.vault, workload, version - 1, at);
      return { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: revision(scene) }, items: [item] };
    },
  });
  const body = () => helmSecret(random, cluster.vault, workload, version, at);
  ask(scene, who, at + 400_000, "create", core("secrets", namespace, `sh.helm.release.v1.${name}.v${version}`), {
    body,
    reply: body,
  });
  const previous = core("secrets", namespace, `sh.helm.release.v1.${name}.v${version - 1}`);
  const clash = random.chance(0.05);
  ask(
    scene,
    who,
    at + 2 * SECOND,
    "update",
    { ...previous, resourceVersion: revision(scene) },
    {
      body,
      ...(clash ? { code: 409, failure: conflict(previous) } : { reply: body }),
    },
  );
}

/** A definition is applied: at RequestResponse the largest records of all. */
export function applyDefinition(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  // The larger, the rarer.
  const size = random.float();
  const definition = cluster.definitions()[size < 0.6 ? 0 : size < 0.85 ? 1 : size < 0.95 ? 2 : 3];
  if (definition === undefined) return;
  ask(
    scene,
    cluster.deployer,
    at,
    "patch",
    target("apiextensions.k8s.io", "v1", "customresourcedefinitions", { name: definition.name }),
    {
      query: "fieldManager=ci&force=true",
      body: () => definition.object,
      reply: () => definition.object,
    },
  );
}
