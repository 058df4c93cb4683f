import type { JsonObject } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Pod } from "../cluster.ts";
import type { Random } from "../random.ts";
import { base64 } from "../vault.ts";

/** What a kubelet asks for a pod's projected volume; `token` is in the answer only. */
export function tokenRequest(pod: Pod, at: number, token?: string): JsonObject {
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata:
      token === undefined
        ? { creationTimestamp: null }
        : { name: pod.workload.name, namespace: pod.workload.namespace, creationTimestamp: wholeTime(at) },
    spec: {
      audiences: token === undefined ? null : ["https://kubernetes.default.svc"],
      expirationSeconds: 3607,
      boundObjectRef: { kind: "Pod", apiVersion: "v1", name: pod.name, uid: pod.uid },
    },
    status:
      token === undefined
        ? { token: "", expirationTimestamp: null }
        : { token, expirationTimestamp: wholeTime(at + 3_607_000_000) },
  };
}

/** A webhook or aggregated API asks whose token this is; the answer echoes the token. */
export function tokenReview(token: string, username?: string): JsonObject {
  return {
    kind: "TokenReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { creationTimestamp: null },
    spec: { token },
    status:
      username === undefined
        ? { user: {} }
        : {
            authenticated: true,
            user: { username, groups: ["system:serviceaccounts", "system:authenticated"] },
            audiences: ["https://kubernetes.default.svc"],
          },
  };
}

export function accessReview(username: string, attributes: JsonObject, answered: boolean): JsonObject {
  return {
    kind: "SubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: { creationTimestamp: null },
    spec: { ...attributes, user: username, groups: ["system:serviceaccounts", "system:authenticated"] },
    status: answered
      ? {
          allowed: true,
          reason:
            'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"',
        }
      : { allowed: false },
  };
}

export function signingRequest(
  random: Random,
  name: string,
  node: string,
  at: number,
  revision: string | undefined,
): JsonObject {
  return {
    kind: "CertificateSigningRequest",
    apiVersion: "certificates.k8s.io/v1",
    metadata:
      revision === undefined
        ? { generateName: "csr-", creationTimestamp: null }
        : {
            name,
            generateName: "csr-",
            uid: random.uuid(),
            resourceVersion: revision,
            creationTimestamp: wholeTime(at),
          },
    spec: {
      request: base64(`-----BEGIN CERTIFICATE REQUEST-----\n${random.word(480)}\n-----END CERTIFICATE REQUEST-----\n`),
      signerName: "kubernetes.io/kubelet-serving",
      usages: ["digital signature", "server auth"],
      username: `system:node:${node}`,
      groups: ["system:nodes", "system:authenticated"],
    },
    status: {},
  };
}

export interface Binding {
  readonly name: string;
  readonly role: string;
  readonly namespace: string;
  readonly account: string;
}

/** As sent when `uid` is absent, as stored when it is given. */
export function clusterRoleBinding(
  binding: Binding,
  at: number,
  stored?: { uid: string; revision: string },
): JsonObject {
  return {
    kind: "ClusterRoleBinding",
    apiVersion: "rbac.authorization.k8s.io/v1",
    metadata:
      stored === undefined
        ? { name: binding.name, creationTimestamp: null }
        : { name: binding.name, uid: stored.uid, resourceVersion: stored.revision, creationTimestamp: wholeTime(at) },
    subjects: [{ kind: "ServiceAccount", name: binding.account, namespace: binding.namespace }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: binding.role },
  };
}
