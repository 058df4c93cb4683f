/** People with kubectl. */
import { awsAuth } from "../bodies/config.ts";
import { listOf } from "../bodies/custom.ts";
import { storedPod } from "../bodies/pod.ts";
import { storedDeployment } from "../bodies/workload.ts";
import { SECOND } from "../clock.ts";
import { ask, askPath, core, revision, type Scene, target } from "../scene.ts";

export function lookAround(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const who = random.pick(cluster.people);
  const namespace = random.pick(cluster.workloads).namespace;
  if (random.chance(0.3)) {
    askPath(scene, who, at, "/api", { query: "timeout=32s" });
    askPath(scene, who, at + 40_000, "/apis", { query: "timeout=32s" });
  }
  const pods = cluster.pods.filter((pod) => pod.workload.namespace === namespace).slice(0, 12);
  ask(scene, who, at + 120_000, "list", core("pods", namespace), {
    query: "limit=500",
    reply: () =>
      listOf("PodList", "v1", revision(scene), pods.length, (index) =>
        storedPod(pods[index] ?? random.pick(cluster.pods), at, revision(scene), true),
      ),
  });
  if (random.chance(0.4)) {
    const workload = random.pick(cluster.workloads);
    ask(
      scene,
      who,
      at + 9 * SECOND,
      "get",
      target("apps", "v1", "deployments", { namespace: workload.namespace, name: workload.name }),
      {
        reply: () => storedDeployment(random, workload, at, revision(scene)),
      },
    );
  }
}

export function readLogs(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const who = random.pick(cluster.people);
  const pod = random.pick(cluster.pods);
  const about = core("pods", pod.workload.namespace, pod.name);
  ask(scene, who, at, "get", about, { reply: () => storedPod(pod, at, revision(scene), true) });
  const following = random.chance(0.3);
  ask(
    scene,
    who,
    at + 90_000,
    "get",
    { ...about, subresource: "log" },
    {
      query: following ? "container=app&follow=true&tailLines=100" : "container=app&tailLines=200",
      ...(following ? { took: random.int(120 * SECOND) + SECOND, stages: "open" as const } : {}),
    },
  );
}

/** A shell or a single command in a pod; some people type a password on the command line. */
export function execute(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const who = random.pick(cluster.people);
  const pod = random.pick(cluster.pods);
  const about = core("pods", pod.workload.namespace, pod.name);
  ask(scene, who, at, "get", about, { reply: () => storedPod(pod, at, revision(scene), true) });
  const commands = [
    "command=sh",
    "command=ls&command=-l&command=%2Fetc%2Fapp",
    `command=mysql&command=-uapp&command=-p${random.pick(cluster.vault.commandPasswords)}`,
  ];
  // Newer clients open the connection by GET (WebSocket), older ones by POST (SPDY).
  const verb = random.chance(0.4) ? "get" : "create";
  ask(
    scene,
    who,
    at + 150_000,
    verb,
    { ...about, subresource: "exec" },
    {
      query: `${random.pick(commands)}&container=app&stderr=true&stdin=true&stdout=true&tty=true`,
      code: 101,
      took: random.int(300 * SECOND) + SECOND,
      stages: "open",
    },
  );
}

export function forwardPort(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const pod = random.pick(cluster.pods);
  ask(scene, random.pick(cluster.people), at, "create", core("pods", pod.workload.namespace, pod.name, "portforward"), {
    query: "ports=8080",
    code: 101,
    took: random.int(900 * SECOND) + SECOND,
    stages: "open",
  });
}

export function deletePod(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const pod = random.pick(cluster.pods);
  const who = random.pick(cluster.people);
  ask(scene, who, at, "delete", core("pods", pod.workload.namespace, pod.name), {
    body: () => ({ kind: "DeleteOptions", apiVersion: "meta.k8s.io/v1", propagationPolicy: "Background" }),
    reply: () => storedPod(pod, at, revision(scene), true),
  });
}

/** An administrator acts as somebody else to see what they may do. */
export function impersonate(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const admin = cluster.people[0] ?? cluster.deployer;
  ask(scene, admin, at, "list", core("pods", random.pick(cluster.workloads).namespace), {
    query: "limit=500",
    impersonated: { username: "dan@example.com", groups: ["example:viewers", "system:authenticated"] },
  });
}

export function editAwsAuth(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const who = cluster.people[0] ?? cluster.deployer;
  ask(scene, who, at, "patch", core("configmaps", "kube-system", "aws-auth"), {
    query: "fieldManager=kubectl-edit&fieldValidation=Strict",
    body: () => ({ data: { mapUsers: "[]\n" } }),
    reply: () => awsAuth(cluster.realm.account, random, at, revision(scene)),
  });
}
