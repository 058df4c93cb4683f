import type { ClusterProvider, JsonObject } from "../../shared/event.ts";
import type { Random } from "./random.ts";
import { frozen } from "./wire.ts";

/** Who makes a request: what the authenticator and the connection put into every event of theirs. */
export interface Actor {
  readonly user: JsonObject;
  readonly ips: string[];
  readonly agent: string;
  /** `authorization.k8s.io/reason` of what they are allowed to do. */
  readonly reason: string;
}

/** What the identities of one cluster depend on. */
export interface Realm {
  readonly provider: ClusterProvider;
  readonly account: string;
  readonly region: string;
  readonly cluster: string;
  /** API server version, for user agents. */
  readonly version: string;
  readonly commit: string;
}

export function actor(user: JsonObject, ips: string[], agent: string, reason: string): Actor {
  return { user: frozen(user), ips: frozen(ips), agent, reason };
}

/** A component on the control plane with its own certificate: scheduler, controller manager, the API server itself. */
export function component(realm: Realm, name: string, random: Random, ip: string): Actor {
  const groups = name === "apiserver" ? ["system:masters"] : ["system:authenticated"];
  const user: JsonObject = { username: `system:${name}`, uid: random.uuid(), groups };
  const reason =
    name === "apiserver"
      ? ""
      : `RBAC: allowed by ClusterRoleBinding "system:${name}" of ClusterRole "system:${name}" to User "system:${name}"`;
  return actor(
    user,
    [name === "apiserver" ? "::1" : ip],
    agentOf(realm, name === "apiserver" ? "kube-apiserver" : name),
    reason,
  );
}

/** One loop of the controller manager: it has a service account of its own. */
export function controller(realm: Realm, name: string, random: Random, ip: string): Actor {
  return actor(
    serviceAccountUser("kube-system", name, random.uuid(), {
      "authentication.kubernetes.io/credential-id": [`JTI=${random.uuid()}`],
    }),
    [ip],
    `${agentOf(realm, "kube-controller-manager")}/system:serviceaccount:kube-system:${name}`,
    `RBAC: allowed by ClusterRoleBinding "system:controller:${name}" of ClusterRole "system:controller:${name}" to ServiceAccount "${name}/kube-system"`,
  );
}

/** A pod that talks to the API with its bound token. */
export function workloadActor(
  namespace: string,
  name: string,
  agent: string,
  random: Random,
  place: { node: string; nodeUid: string; ip: string },
): Actor {
  return actor(
    serviceAccountUser(namespace, name, random.uuid(), {
      "authentication.kubernetes.io/credential-id": [`JTI=${random.uuid()}`],
      "authentication.kubernetes.io/node-name": [place.node],
      "authentication.kubernetes.io/node-uid": [place.nodeUid],
      "authentication.kubernetes.io/pod-name": [`${name}-${random.hex(9)}-${random.suffix(5)}`],
      "authentication.kubernetes.io/pod-uid": [random.uuid()],
    }),
    [place.ip],
    agent,
    `RBAC: allowed by ClusterRoleBinding "${namespace}:${name}" of ClusterRole "${namespace}:${name}" to ServiceAccount "${name}/${namespace}"`,
  );
}

export function serviceAccountUser(namespace: string, name: string, uid: string, extra: JsonObject): JsonObject {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    extra,
  };
}

export function kubelet(realm: Realm, node: { name: string; ip: string; machine: string }, random: Random): Actor {
  const user: JsonObject = { username: `system:node:${node.name}` };
  if (realm.provider === "eks") {
    const role = `eks-${realm.cluster}-nodes`;
    const principal = `AROA${nodeRoleId(realm)}EXAMPLE`;
    user["uid"] = `aws-iam-authenticator:${realm.account}:${principal}`;
    user["groups"] = ["system:bootstrappers", "system:nodes", "system:authenticated"];
    user["extra"] = awsExtra(realm, random, role, principal, node.machine);
  } else {
    user["groups"] = ["system:nodes", "system:authenticated"];
    user["extra"] = { "authentication.kubernetes.io/credential-id": [`X509SHA256=${random.hex(64)}`] };
  }
  return actor(user, [node.ip], agentOf(realm, "kubelet"), "");
}

/** The same ten characters for every node of a cluster: they share a role. */
function nodeRoleId(realm: Realm): string {
  return realm.cluster
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "")
    .padEnd(10, "X")
    .slice(0, 10);
}

/** What the EKS authenticator says about a role session. Key ids end in EXAMPLE, as in AWS's documentation. */
export function awsExtra(realm: Realm, random: Random, role: string, principal: string, session: string): JsonObject {
  return {
    accessKeyId: [`ASIA${random.word(9).toUpperCase()}EXAMPLE`],
    arn: [`arn:aws:sts::${realm.account}:assumed-role/${role}/${session}`],
    canonicalArn: [`arn:aws:iam::${realm.account}:role/${role}`],
    principalId: [principal],
    sessionName: [session],
  };
}

export function agentOf(realm: Realm, program: string): string {
  return `${program}/${realm.version} (linux/amd64) kubernetes/${realm.commit}`;
}
