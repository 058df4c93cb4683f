import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Row } from "../../../cli/output/rows.ts";
import { INVESTIGATIONS } from "../../../cli/query/investigations/catalogue.ts";
import { runQuery } from "../../../cli/query/run.ts";
import { at, CHANGES, DEPLOYER, eventfulLake, HOUR_ONE, JANE, MALLORY, NODE, SESSIONS } from "./eventful-lake.ts";
import { event, TestLake } from "./lake.ts";

let lake: TestLake;

async function ask(name: string, params: Record<string, string> = {}): Promise<readonly Row[]> {
  const result = await runQuery({ lake: lake.directory, name, params });
  expect(result.unreadable).toEqual([]);
  return result.rows;
}

beforeAll(async () => {
  lake = await eventfulLake();
});

afterAll(() => lake.remove());

const pick = (rows: readonly Row[], ...columns: string[]) => rows.map((row) => columns.map((column) => row[column]));

describe("user-actions", () => {
  it("finds a user by name, IAM identity or impersonation, latest first", async () => {
    const rows = await ask("user-actions", { user: "kubernetes-admin" });
    expect(pick(rows, "verb", "resource").slice(0, 3)).toEqual([
      ["create", "serviceaccounts"],
      ["update", "configmaps"],
      ["create", "clusterrolebindings"],
    ]);
    expect(rows).toHaveLength(8);
    expect(await ask("user-actions", { user: MALLORY.extra.arn[0]! })).toEqual(rows);
    expect(pick(await ask("user-actions", { user: "boss@example.com" }), "username")).toEqual([["jane@example.com"]]);
  });

  it("narrows by resource, namespace and writes", async () => {
    const user = "kubernetes-admin";
    expect(await ask("user-actions", { user, resource: "secrets" })).toHaveLength(3);
    expect(await ask("user-actions", { user, namespace: "kube-system" })).toHaveLength(1);
    const writes = await ask("user-actions", { user, verbs: "writes" });
    expect(new Set(pick(writes, "verb").flat())).toEqual(new Set(["create", "update", "delete"]));
    expect(await ask("user-actions", { user, limit: "2" })).toHaveLength(2);
  });
});

describe("secret-access", () => {
  it("groups by namespace, name, user and verb; counts copies once and other groups' secrets never", async () => {
    const rows = await ask("secret-access", { namespace: "shop" });
    expect(pick(rows, "name", "username", "verb", "requests", "failed")).toEqual([
      ["db", "kubernetes-admin", "get", 2, 1],
      [null, "kubernetes-admin", "list", 1, 0],
    ]);
    expect(rows[0]).toMatchObject({ first_time: at(0), last_time: at(2), cluster: "prod" });
    expect(pick(await ask("secret-access"), "namespace").flat()).toEqual(["ci", "ci", "ops", "shop", "shop"]);
  });
});

describe("failed-authorisation", () => {
  it("is 401 and 403, nothing else", async () => {
    const rows = await ask("failed-authorisation");
    expect(pick(rows, "status_code", "username", "source_ip", "resource", "requests")).toEqual([
      [403, "jane@example.com", "203.0.113.7", "pods", 1],
      [401, null, "198.51.100.9", "pods", 1],
      [403, "jane@example.com", "203.0.113.7", "secrets", 1],
    ]);
  });
});

describe("pod-deletions", () => {
  it("is deletions, collections and evictions of pods", async () => {
    expect(pick(await ask("pod-deletions"), "action", "namespace", "name", "username")).toEqual([
      ["deletecollection", "ops", null, DEPLOYER.username],
      ["evict", "shop", "web-1", DEPLOYER.username],
      ["delete", "shop", "web-0", "kubernetes-admin"],
    ]);
    expect(await ask("pod-deletions", { from: at(9), to: at(10) })).toHaveLength(1);
  });
});

describe("exec", () => {
  it("shows a session once, with the command taken out of the URI", async () => {
    const rows = await ask("exec");
    expect(pick(rows, "kind", "resource", "name", "container", "command", "status_code")).toEqual([
      ["proxy", "nodes", "n1", null, "%ff", 200],
      ["portforward", "pods", "db-0", null, null, 403],
      ["exec", "pods", "web-0", "app", "sh -c cat /etc/passwd | wc", 101],
    ]);
    expect(rows[2]!["time"]).toBe(at(25));
    expect(await ask("exec", { kind: "exec", namespace: "ops" })).toEqual([]);
  });
});

describe("rbac-changes", () => {
  it("is writes to roles, bindings and aws-auth", async () => {
    expect(pick(await ask("rbac-changes"), "verb", "resource", "name", "role", "subjects")).toEqual([
      ["update", "configmaps", "aws-auth", null, null],
      ["patch", "roles", "r", null, null],
      ["create", "clusterrolebindings", "pwn", "cluster-admin", [{ kind: "User", name: "eve" }]],
    ]);
  });
});

describe("token-creations", () => {
  it("is token requests and token secrets, those of kubelets last", async () => {
    const rows = await ask("token-creations");
    expect(pick(rows, "kind", "service_account", "username", "audiences", "expiration_seconds", "bound_to")).toEqual([
      ["Secret", "deployer", JANE.username, null, null, null],
      ["TokenRequest", "deployer", "kubernetes-admin", ["vault"], 86400, "web-0"],
      ["TokenRequest", "web", NODE.username, null, null, null],
    ]);
  });
});

describe("top-users", () => {
  it("counts requests, not events", async () => {
    const rows = await ask("top-users");
    const mallory = rows.find(({ username }) => username === "kubernetes-admin");
    expect(mallory).toMatchObject({ kind: "person", requests: 8, writes: 5, refused: 0, namespaces: 3, clusters: 1 });
    expect(rows.find(({ username }) => username === JANE.username)).toMatchObject({ clusters: 2 });
    expect(pick(await ask("top-users", { kind: "node" }), "username")).toEqual([[NODE.username]]);
    expect(pick(await ask("top-users", { kind: "service-account" }), "username")).toEqual([[DEPLOYER.username]]);
  });
});

describe("activity", () => {
  it("counts by hour and namespace", async () => {
    const rows = await ask("activity", { namespace: "shop", cluster: "prod" });
    expect(pick(rows, "hour", "requests", "writes", "refused", "users")).toEqual([
      ["2026-11-22T02:00:00Z", 4, 2, 0, 3],
      ["2026-11-22T01:00:00Z", 12, 5, 1, 3],
    ]);
  });
});

describe("creations-deletions", () => {
  it("counts what succeeded, objects only, by hour or day", async () => {
    const rows = await ask("creations-deletions", { every: "day" });
    expect(pick(rows, "period", "resource", "api_group", "created", "deleted")).toEqual([
      ["2026-11-22T00:00:00Z", "clusterrolebindings", "rbac.authorization.k8s.io", 1, 0],
      ["2026-11-22T00:00:00Z", "deployments", "apps", 0, 1],
      ["2026-11-22T00:00:00Z", "pods", null, 0, 2],
      ["2026-11-22T00:00:00Z", "secrets", null, 2, 0],
    ]);
    const hours = pick(await ask("creations-deletions"), "period").flat();
    expect(hours).toEqual([...hours].sort().reverse());
  });
});

describe("clusters", () => {
  it("is an overview of all", async () => {
    const rows = await ask("clusters");
    expect(pick(rows, "provider", "account_id", "cluster", "events")).toEqual([
      ["eks", "111122223333", "prod", HOUR_ONE.length + SESSIONS.length + CHANGES.length],
      ["gke", "example-project", "dev", 1],
    ]);
    expect(rows[0]).toMatchObject({ first_time: at(0), last_time: at(68), truncated: 0, redacted: 0 });
  });
});

describe("every investigation", () => {
  it("has a row in this lake, takes every scope and answers an empty one", async () => {
    for (const { name, params } of INVESTIGATIONS) {
      const required = Object.entries(params).filter(([, param]) => param.type === "text" && param.required);
      const given = Object.fromEntries(required.map(([key]) => [key, "kubernetes-admin"]));
      expect(await ask(name, given), name).not.toEqual([]);
      const scope = {
        from: at(0),
        to: at(600),
        cluster: "prod",
        provider: "eks",
        account: "111122223333",
        region: "eu-west-1",
      };
      expect(await ask(name, { ...given, ...scope }), name).not.toEqual([]);
      expect(await ask(name, { ...given, cluster: "elsewhere" }), name).toEqual([]);
    }
  });

  it("treats a parameter's value as a value", async () => {
    const hostile = "x' OR '1'='1'; DROP VIEW audit_flat; --";
    for (const { name, params } of INVESTIGATIONS) {
      const user = name === "user-actions" ? { user: "kubernetes-admin" } : {};
      const texts = Object.entries(params).filter(([, param]) => param.type === "text");
      for (const key of [...texts.map(([param]) => param), "cluster"]) {
        expect(await ask(name, { ...user, [key]: hostile }), `${name} ${key}`).toEqual([]);
      }
    }
  });
});

describe("requests of one auditID", () => {
  it("stay apart when a client has chosen the id to hide one behind another", async () => {
    const hiding = await TestLake.create();
    try {
      await hiding.put(
        event(at(0), {
          auditID: "mine",
          objectRef: { resource: "secrets", namespace: "shop", name: "db" },
          requestURI: "/a",
        }),
        event(at(1), { auditID: "mine", objectRef: { resource: "pods", namespace: "shop" }, requestURI: "/b" }),
      );
      const { rows } = await runQuery({ lake: hiding.directory, name: "secret-access" });
      expect(rows).toHaveLength(1);
    } finally {
      await hiding.remove();
    }
  });
});
