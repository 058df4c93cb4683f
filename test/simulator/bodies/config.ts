import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Workload } from "../cluster.ts";
import type { Random } from "../random.ts";
import { base64, type Vault } from "../vault.ts";
import { earlier, managedFields, owner } from "./meta.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

const SECRET_OWNER = owner("kubectl-client-side-apply", "Update", "v1", {
  data: { password: "", username: "" },
  metadata: { annotations: { [LAST_APPLIED]: "" } },
  type: "",
});

/** Data of a Secret of one of the usual types. */
function secretData(random: Random, vault: Vault): { type: string; data: JsonObject } {
  const value = random.pick(vault.secrets);
  switch (random.int(5)) {
    case 0:
      return {
        type: "kubernetes.io/tls",
        data: {
          "tls.crt": base64(`-----BEGIN CERTIFICATE-----\n${random.word(900)}\n-----END CERTIFICATE-----\n`),
          "tls.key": base64(random.pick(vault.privateKeys)),
        },
      };
    case 1:
      return {
        type: "kubernetes.io/dockerconfigjson",
        data: {
          ".dockerconfigjson": base64(
            JSON.stringify({
              auths: { "registry.example.com": { username: "ci", password: value, auth: base64(`ci:${value}`) } },
            }),
          ),
        },
      };
    case 2:
      return {
        type: "kubernetes.io/service-account-token",
        data: { namespace: base64("web"), token: base64(random.pick(vault.tokens)) },
      };
    default:
      return { type: "Opaque", data: { password: base64(value), username: base64("app") } };
  }
}

export function storedSecret(random: Random, vault: Vault, named: Named, at: number, revision: string): JsonObject {
  const { type, data } = secretData(random, vault);
  const applied = random.chance(0.4)
    ? {
        annotations: {
          [LAST_APPLIED]: `${JSON.stringify({ apiVersion: "v1", data, kind: "Secret", metadata: { annotations: {}, ...named }, type })}\n`,
        },
      }
    : {};
  return {
    kind: "Secret",
    apiVersion: "v1",
    metadata: {
      ...named,
      uid: random.uuid(),
      resourceVersion: revision,
      creationTimestamp: earlier(random, at, 400),
      ...applied,
      managedFields: managedFields([SECRET_OWNER], at),
    },
    data,
    type,
  };
}

/** Items of a typed list have no kind of their own. */
export function secretList(
  random: Random,
  vault: Vault,
  namespace: string,
  count: number,
  at: number,
  revision: string,
): JsonObject {
  const items = Array.from({ length: count }, (_, index): JsonValue => {
    const {
      kind: _kind,
      apiVersion: _version,
      ...item
    } = storedSecret(random, vault, { namespace, name: `secret-${index}` }, at, revision);
    return item;
  });
  return { kind: "SecretList", apiVersion: "v1", metadata: { resourceVersion: revision }, items };
}

/** Three ways of changing a Secret: a merge patch, the same with stringData, a JSON Patch. */
export function secretPatch(random: Random, vault: Vault): JsonValue {
  const value = random.pick(vault.secrets);
  switch (random.int(3)) {
    case 0:
      return { data: { password: base64(value) } };
    case 1:
      return { stringData: { password: value } };
    default:
      return [
        { op: "test", path: "/data/username", value: base64("app") },
        { op: "replace", path: "/data/password", value: base64(value) },
      ];
  }
}

/** Helm keeps each release in a Secret of its own. */
export function helmSecret(random: Random, vault: Vault, workload: Workload, version: number, at: number): JsonObject {
  return {
    kind: "Secret",
    apiVersion: "v1",
    metadata: {
      name: `sh.helm.release.v1.${workload.name}.v${version}`,
      namespace: workload.namespace,
      creationTimestamp: null,
      labels: {
        modifiedAt: String(Math.floor(at / 1_000_000)),
        name: workload.name,
        owner: "helm",
        status: "pending-upgrade",
        version: String(version),
      },
    },
    data: { release: random.pick(vault.helmReleases) },
    type: "helm.sh/release.v1",
  };
}

export function configMap(random: Random, vault: Vault, named: Named, at: number, revision: string): JsonObject {
  const lines = Array.from({ length: random.between(6, 50) }, (_, index) => `option.${index} = ${random.word(14)}`);
  const data: JsonObject = {
    "app.properties": lines.join("\n"),
    "nginx.conf": "worker_processes auto;\nevents { worker_connections 4096; }\nhttp { server_tokens off; }\n",
  };
  if (random.chance(0.3)) data["database.ini"] = `[db]\nhost=db.data\npassword=${random.pick(vault.configValues)}\n`;
  if (random.chance(0.05)) data["signing.pem"] = random.pick(vault.privateKeys);
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { ...named, uid: random.uuid(), resourceVersion: revision, creationTimestamp: wholeTime(at) },
    data,
  };
}

/** The map of IAM roles to groups on EKS: the one ConfigMap that the managed policy records with its body. */
export function awsAuth(account: string, random: Random, at: number, revision: string): JsonObject {
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: {
      name: "aws-auth",
      namespace: "kube-system",
      uid: random.uuid(),
      resourceVersion: revision,
      creationTimestamp: wholeTime(at),
    },
    data: {
      mapRoles: `- rolearn: arn:aws:iam::${account}:role/eks-admin\n  username: admin\n  groups:\n  - system:masters\n`,
    },
  };
}
