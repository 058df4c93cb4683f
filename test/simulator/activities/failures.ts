/** What goes wrong on an ordinary day. */
import { actor } from "../actor.ts";
import { configMap } from "../bodies/config.ts";
import { podToCreate } from "../bodies/pod.ts";
import { storedDeployment } from "../bodies/workload.ts";
import type { Failure } from "../request.ts";
import { alreadyExists, ask, conflict, core, forbidden, notFound, revision, type Scene, target } from "../scene.ts";

/** Nobody the API server knows: an expired token. Recorded at ResponseStarted only, without a user. */
export function unauthenticated(scene: Scene, at: number): void {
  const { random } = scene;
  const nobody = actor(
    {},
    [`198.51.100.${random.between(100, 140)}`],
    random.pick(["curl/8.9.1", "Prometheus/3.5.0", "okhttp/4.12.0"]),
    "",
  );
  ask(scene, nobody, at, random.pick(["list", "get"]), core("pods", "web"), {
    code: 401,
    failure: { message: "Authentication failed, attempted: bearer" },
    stages: "rejected",
    decision: "none",
  });
}

/** A program whose role lacks a right tries again and again. */
export function denied(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const operator = random.pick(cluster.operators);
  const about = random.chance(0.5)
    ? core("nodes")
    : target("networking.k8s.io", "v1", "networkpolicies", { namespace: operator.namespace });
  ask(scene, operator.actor, at, "list", about, {
    query: "limit=500",
    code: 403,
    failure: forbidden(operator.actor, "list", about),
    decision: "forbid",
  });
}

export function missing(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const about = random.chance(0.5)
    ? core("configmaps", workload.namespace, "cluster-autoscaler-status")
    : core("pods", workload.namespace, `${workload.name}-${workload.hash}-${random.suffix(5)}`);
  ask(scene, random.pick(cluster.operators).actor, at, "get", about, { code: 404, failure: notFound(about) });
}

export function lostUpdate(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const about = target("apps", "v1", "deployments", {
    namespace: workload.namespace,
    name: workload.name,
    resourceVersion: revision(scene),
    subresource: "status",
  });
  ask(scene, cluster.controllers["deployment-controller"], at, "update", about, {
    code: 409,
    failure: conflict(about),
    body: () => storedDeployment(random, workload, at, revision(scene)),
  });
}

export function duplicateCreate(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const named = { namespace: random.pick(cluster.namespaces), name: "kube-root-ca.crt" };
  const about = core("configmaps", named.namespace, named.name);
  ask(scene, cluster.controllers["root-ca-cert-publisher"], at, "create", about, {
    code: 409,
    failure: alreadyExists(about),
    body: () => configMap(random, cluster.vault, named, at, revision(scene)),
  });
}

/** Validation quotes the bad value, whatever it was. */
export function invalid(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const about = target("apps", "v1", "deployments", { namespace: workload.namespace, name: workload.name });
  const field = "spec.template.spec.containers[0].env[3].name";
  const problem = `Invalid value: "${random.pick(cluster.vault.quotedValues)}": a valid environment variable name must consist only of printable ASCII characters other than '='`;
  const failure: Failure = {
    reason: "Invalid",
    message: `Deployment.apps "${workload.name}" is invalid: ${field}: ${problem}`,
    details: {
      name: workload.name,
      group: "apps",
      kind: "Deployment",
      causes: [{ reason: "FieldValueInvalid", message: problem, field }],
    },
  };
  ask(scene, cluster.deployer, at, "patch", about, {
    query: "fieldManager=ci&force=true",
    code: 422,
    failure,
    body: () => ({ spec: { replicas: 3 } }),
  });
}

/** RBAC allows it and admission does not: a 403 whose decision is allow. */
export function refusedByAdmission(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const workload = random.pick(cluster.workloads);
  const about = core("pods", workload.namespace, `${workload.name}-debug`);
  const failure: Failure = {
    reason: "Forbidden",
    message: `pods "${about.name}" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)`,
    details: { name: `${workload.name}-debug`, kind: "pods" },
  };
  ask(scene, random.pick(cluster.people), at, "create", about, {
    query: "fieldManager=kubectl-run",
    code: 403,
    failure,
    body: () => podToCreate(workload),
    annotations: { "pod-security.kubernetes.io/enforce-policy": "baseline:latest" },
  });
}
