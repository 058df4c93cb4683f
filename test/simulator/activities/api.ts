/** The API server's own business: discovery and health paths, reviews of tokens and rights, node certificates. */

import { actor as makeActor } from "../actor.ts";
import { accessReview, signingRequest, tokenReview } from "../bodies/access.ts";
import { ask, askPath, core, revision, type Scene, target } from "../scene.ts";
import { operatorNamed } from "./operators.ts";

const PATHS = [
  "/api",
  "/apis",
  "/api/v1",
  "/apis/apps/v1",
  "/apis/batch/v1",
  "/apis/metrics.k8s.io/v1beta1",
  "/apis/rbac.authorization.k8s.io/v1",
  "/openapi/v3",
  "/version",
];
const HEALTH = ["/healthz", "/livez", "/readyz", "/readyz?verbose"];

/** The load balancer and the kubelet of the control plane: nobody in particular. */
const PROBE = makeActor(
  { username: "system:anonymous", groups: ["system:unauthenticated"] },
  ["127.0.0.1"],
  "kube-probe/1.33",
  'RBAC: allowed by ClusterRoleBinding "system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"',
);

export function discover(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  if (random.chance(0.25)) {
    // Unchanged since the last poll.
    askPath(scene, cluster.controllerManager, at, "/openapi/v2", { code: 304 });
    return;
  }
  const who = random.chance(0.5)
    ? random.pick(cluster.operators).actor
    : cluster.controllers["resourcequota-controller"];
  askPath(scene, who, at, random.pick(PATHS), { query: "timeout=32s" });
}

export function probe(scene: Scene, at: number): void {
  const [path, query] = scene.random.pick(HEALTH).split("?");
  askPath(scene, PROBE, at, path as string, query === undefined ? {} : { query });
}

export function reviewToken(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const token = random.pick(cluster.vault.reviewTokens);
  ask(
    scene,
    operatorNamed(scene, "metrics-server"),
    at,
    "create",
    target("authentication.k8s.io", "v1", "tokenreviews"),
    {
      body: () => tokenReview(token),
      reply: () => tokenReview(token, "system:serviceaccount:monitoring:prometheus-k8s"),
    },
  );
}

export function reviewAccess(scene: Scene, at: number): void {
  const attributes = scene.random.chance(0.5)
    ? { nonResourceAttributes: { path: "/metrics", verb: "get" } }
    : {
        resourceAttributes: {
          namespace: "web",
          verb: "get",
          group: "metrics.k8s.io",
          version: "v1beta1",
          resource: "pods",
        },
      };
  const user = "system:serviceaccount:monitoring:prometheus-k8s";
  ask(
    scene,
    operatorNamed(scene, "metrics-server"),
    at,
    "create",
    target("authorization.k8s.io", "v1", "subjectaccessreviews"),
    {
      body: () => accessReview(user, attributes, false),
      reply: () => accessReview(user, attributes, true),
    },
  );
}

/** A node renews its serving certificate: request, approval, pick-up. */
export function renewNodeCertificate(scene: Scene, at: number): void {
  const { random, cluster } = scene;
  const node = random.pick(cluster.nodes);
  const name = `csr-${random.suffix(5)}`;
  const about = (subresource?: string) =>
    target("certificates.k8s.io", "v1", "certificatesigningrequests", {
      name,
      ...(subresource === undefined ? {} : { subresource }),
    });
  ask(scene, node.kubelet, at, "create", about(), {
    body: () => signingRequest(random, name, node.name, at, undefined),
    reply: () => signingRequest(random, name, node.name, at, revision(scene)),
  });
  ask(scene, cluster.controllerManager, at + 700_000, "update", about("approval"), {
    body: () => signingRequest(random, name, node.name, at, revision(scene)),
    reply: () => signingRequest(random, name, node.name, at, revision(scene)),
  });
  ask(scene, node.kubelet, at + 2_000_000, "get", about(), {
    reply: () => signingRequest(random, name, node.name, at, revision(scene)),
  });
}

/** The extension API server's configuration, read by every aggregated API at start. */
export function readAuthentication(scene: Scene, at: number): void {
  ask(
    scene,
    operatorNamed(scene, "metrics-server"),
    at,
    "get",
    core("configmaps", "kube-system", "extension-apiserver-authentication"),
  );
}
