import type { JsonObject } from "../../shared/event.ts";
import { type Actor, actor, awsExtra, type Realm, serviceAccountUser } from "./actor.ts";
import type { Random } from "./random.ts";

interface Person {
  readonly name: string;
  readonly role: "admin" | "developer" | "viewer";
  readonly platform: "darwin/arm64" | "linux/amd64" | "windows/amd64";
  readonly ip: string;
}

const PEOPLE: readonly Person[] = [
  { name: "alice", role: "admin", platform: "darwin/arm64", ip: "198.51.100.11" },
  { name: "bob", role: "developer", platform: "linux/amd64", ip: "198.51.100.12" },
  { name: "carol", role: "developer", platform: "darwin/arm64", ip: "198.51.100.13" },
  { name: "dan", role: "viewer", platform: "windows/amd64", ip: "198.51.100.14" },
  { name: "erin", role: "developer", platform: "linux/amd64", ip: "192.0.2.21" },
  { name: "frank", role: "admin", platform: "linux/amd64", ip: "192.0.2.22" },
];

/** People with kubectl, under the names that the provider's sign-in gives them. */
export function peopleOf(realm: Realm, random: Random): Actor[] {
  return PEOPLE.map((person) => {
    const role = `cluster-${person.role}`;
    const user = personUser(realm, person, random);
    const reason = `RBAC: allowed by ClusterRoleBinding "${role}s" of ClusterRole "${role}" to Group "${groupOf(realm, person.role)}"`;
    return actor(user, [person.ip], `kubectl/v1.33.2 (${person.platform}) kubernetes/a57b6f7`, reason);
  });
}

function personUser(realm: Realm, person: Person, random: Random): JsonObject {
  const address = `${person.name}@example.com`;
  const groups = [groupOf(realm, person.role), "system:authenticated"];
  switch (realm.provider) {
    case "eks": {
      const principal = `AROA${random.word(10).toUpperCase()}EXAMPLE`;
      const role = `eks-${person.role}`;
      return {
        username: `arn:aws:sts::${realm.account}:assumed-role/${role}/${address}`,
        uid: `aws-iam-authenticator:${realm.account}:${principal}`,
        groups,
        extra: awsExtra(realm, random, role, principal, address),
      };
    }
    case "gke":
      return {
        username: address,
        groups,
        extra: { "iam.gke.io/user-assertion": [random.word(48)], "user-assertion.cloud.google.com": [random.word(64)] },
      };
    case "aks":
      return { username: address, groups, extra: { oid: [random.uuid()] } };
    case "kubernetes":
      return person.name === "frank"
        ? {
            username: "kubernetes-admin",
            groups: ["kubeadm:cluster-admins", "system:authenticated"],
            extra: { "authentication.kubernetes.io/credential-id": [`X509SHA256=${random.hex(64)}`] },
          }
        : {
            username: `oidc:${address}`,
            groups,
            extra: { "authentication.kubernetes.io/credential-id": [`JTI=${random.uuid()}`] },
          };
  }
}

function groupOf(realm: Realm, role: Person["role"]): string {
  switch (realm.provider) {
    case "aks":
      return `00000000-0000-4000-8000-00000000000${role === "admin" ? 1 : role === "developer" ? 2 : 3}`;
    case "kubernetes":
      return `oidc:${role}s`;
    default:
      return `example:${role}s`;
  }
}

/** The delivery pipeline: a robot outside the cluster that applies manifests and runs Helm. */
export function deployerOf(realm: Realm, random: Random): Actor {
  const agent = "kubectl/v1.32.6 (linux/amd64) kubernetes/6d92037";
  const ip = "192.0.2.80";
  const reason = 'RBAC: allowed by ClusterRoleBinding "ci-deployer" of ClusterRole "deployer" to';
  switch (realm.provider) {
    case "eks": {
      const principal = `AROA${random.word(10).toUpperCase()}EXAMPLE`;
      return actor(
        {
          username: "ci:deployer",
          uid: `aws-iam-authenticator:${realm.account}:${principal}`,
          groups: ["ci:deployers", "system:authenticated"],
          extra: awsExtra(realm, random, "ci-deployer", principal, "GitHubActions"),
        },
        [ip],
        agent,
        `${reason} Group "ci:deployers"`,
      );
    }
    case "gke": {
      const name = `deployer@${realm.account}.iam.gserviceaccount.com`;
      return actor({ username: name, groups: ["system:authenticated"] }, [ip], agent, `${reason} User "${name}"`);
    }
    default:
      return actor(
        serviceAccountUser("ci", "deployer", random.uuid(), {
          "authentication.kubernetes.io/credential-id": [`JTI=${random.uuid()}`],
        }),
        [ip],
        agent,
        `${reason} ServiceAccount "deployer/ci"`,
      );
  }
}

/** The provider's own hands in the cluster, beside the Kubernetes components. */
export function managersOf(realm: Realm, random: Random, ip: string): Actor[] {
  const allowed = (name: string) =>
    `RBAC: allowed by ClusterRoleBinding "${name}" of ClusterRole "${name}" to User "${name}"`;
  switch (realm.provider) {
    case "eks":
      return ["eks:node-manager", "eks:addon-manager", "eks:certificate-controller", "eks:vpc-resource-controller"].map(
        (name) =>
          actor(
            {
              username: name,
              uid: `aws-iam-authenticator:${realm.account}:AROA${random.word(10).toUpperCase()}EXAMPLE`,
              groups: ["system:authenticated"],
            },
            [ip],
            "Go-http-client/2.0",
            allowed(name),
          ),
      );
    case "gke":
      return [
        "system:addon-manager",
        "system:vpa-recommender",
        "cluster-autoscaler",
        "system:gcp-controller-manager",
      ].map((name) =>
        actor(
          { username: name, groups: ["system:authenticated"] },
          ["::1"],
          `${name.replace("system:", "")}/v0.0.0 (linux/amd64) kubernetes/$Format`,
          allowed(name),
        ),
      );
    case "aks":
      return ["aksService", "masterclient"].map((name) =>
        actor(
          { username: name, groups: ["system:masters", "system:authenticated"] },
          ["172.31.12.4"],
          "aks-operator/v0.0.0 (linux/amd64) kubernetes/$Format",
          "",
        ),
      );
    case "kubernetes":
      return [
        actor(
          { username: "system:kube-addon-manager", groups: ["system:masters", "system:authenticated"] },
          ["127.0.0.1"],
          "kubectl/v1.33.4 (linux/amd64) kubernetes/74cdb42",
          "",
        ),
      ];
  }
}
