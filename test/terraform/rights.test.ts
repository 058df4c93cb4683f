import { describe, expect, it } from "vitest";
import type { Body, Configuration } from "./modules.ts";
import { blocks, MODULES, ofType, readConfiguration } from "./modules.ts";

const configurations = new Map<string, Configuration>();
for (const name of MODULES) configurations.set(name, await readConfiguration(`modules/${name}`));

/** Wildcards that stand in a policy, and why each may. Key: module, document, statement, and what the asterisk is. */
const ARGUED: Readonly<Record<string, string>> = {
  "lake bucket TlsOnly action s3:*": "denies",
  "lake bucket TlsOnly principal *": "denies",
  "lake bucket Tls12OrLater action s3:*": "denies",
  "lake bucket Tls12OrLater principal *": "denies",
  "lake bucket CreateOnly principal *": "denies",
  "lake bucket NoOtherKey principal *": "denies",
  "lake bucket NoOtherEncryption principal *": "denies",
  "lake bucket OnlyBreakGlassReads principal *": "denies",
  "lake bucket OrganizationWriters principal *":
    "the organisation's accounts are not known; held by aws:PrincipalOrgID, by role name and by the account's own folder",
  "lake key ManagedByIamOfThisAccount action kms:*":
    "the lake's key is governed by IAM of its own account (KMS default)",
  "lake key ManagedByIamOfThisAccount resource *": "in a key's policy: this key",
  "lake key WritersOfOtherAccounts resource *": "in a key's policy: this key",
  "lake key OrganizationWriters resource *": "in a key's policy: this key",
  "lake key OrganizationWriters principal *": "held by aws:PrincipalOrgID, role name and encryption context",
  "lake key BreakGlass resource *": "in a key's policy: this key",
  "eks-source failed TlsOnly action s3:*": "denies",
  "eks-source failed TlsOnly principal *": "denies",
  "eks-source failed_key ManagedByIamOfThisAccount action kms:*": "governed by IAM of its own account (KMS default)",
  "eks-source failed_key ManagedByIamOfThisAccount resource *": "in a key's policy: this key",
};

interface Finding {
  readonly key: string;
  readonly denies: boolean;
}

/** Actions with an asterisk, and resources and principals that are nothing but one. */
function wildcards(module: string, { data }: Configuration): Finding[] {
  return [...data].flatMap(([address, body]) => {
    const [type, name] = address.split(".");
    if (type !== "aws_iam_policy_document") return [];
    return blocks(body, "statement").flatMap((statement) => {
      const where = `${module} ${name} ${statement["sid"] ?? "statement"}`;
      const denies = statement["effect"] === "Deny";
      const actions = [statement["actions"]].flat().flatMap((action) => actionsOf(String(action)));
      return [
        ...actions.filter((action) => action.includes("*")).map((action) => `${where} action ${action}`),
        ...list(statement["resources"])
          .filter((resource) => resource === "*")
          .map((resource) => `${where} resource ${resource}`),
        ...blocks(statement, "principals")
          .flatMap((principal) => list(principal["identifiers"]))
          .filter((identifier) => identifier === "*")
          .map((identifier) => `${where} principal ${identifier}`),
      ].map((key) => ({ key, denies }));
    });
  });
}

const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [String(value ?? "")]);

/** The one document that takes its actions from a table is followed to it. */
function actionsOf(action: string): string[] {
  if (!action.startsWith(`\${local.account_actions`)) return [action];
  const table = /account_actions = (\{[\s\S]*?\n {2}\})/.exec(configurations.get("lake")!.texts.get("keys.tf")!)![1]!;
  return [...table.matchAll(/"(kms:[^"]+)"/g)].map(([, name]) => name!);
}

describe("rights in AWS", () => {
  const found = [...configurations].flatMap(([name, configuration]) => wildcards(name, configuration));

  it("have no wildcard but those that are argued for", () => {
    expect(found.map(({ key }) => key).filter((key) => !(key in ARGUED))).toEqual([]);
  });

  it("argue for nothing that is not there", () => {
    const keys = new Set(found.map(({ key }) => key));
    expect(Object.keys(ARGUED).filter((key) => !keys.has(key))).toEqual([]);
  });

  it("call a wildcard a denial only where it is one", () => {
    for (const { key, denies } of found) expect(ARGUED[key] === "denies", key).toBe(denies);
  });

  it("let writers create objects and ask for data keys, and nothing else", () => {
    const grants = [
      statements("lake", "writer"),
      statements("eks-source", "function").filter((statement) =>
        ["CreateObjects", "EncryptThem"].includes(String(statement["sid"])),
      ),
    ];
    for (const granted of grants) {
      expect(granted.map((statement) => statement["actions"])).toEqual([["s3:PutObject"], ["kms:GenerateDataKey"]]);
      expect(blocks(granted[0]!, "condition")).toEqual([
        { test: "Null", variable: "s3:if-none-match", values: ["false"] },
      ]);
    }
  });

  it("give the quarantine key's administrators no way to decrypt", () => {
    const keys = configurations.get("lake")!.texts.get("keys.tf")!;
    const table = /quarantine = \[([\s\S]*?)\]/.exec(keys)![1]!;
    const actions = [...table.matchAll(/"(kms:\w+)"/g)].map(([, action]) => action!);
    expect(actions).toContain("kms:PutKeyPolicy");
    expect(actions.filter((action) => /Decrypt|ReEncrypt|CreateGrant|\*/.test(action))).toEqual([]);
  });

  it("name no managed policy: each right is written here", () => {
    for (const { resources } of configurations.values()) {
      expect([...resources.keys()].filter((address) => address.startsWith("aws_iam_role_policy_attachment"))).toEqual(
        [],
      );
    }
  });
});

describe("trust of writers from other clouds", () => {
  const pins = (document: string) =>
    statements("lake", document).flatMap((statement) =>
      blocks(statement, "condition").map(({ test, variable, values }) => [test, variable, (values as string[])[0]]),
    );

  it("pins aud (azp), oaud and sub of a Google service account", () => {
    expect(pins("google_trust")).toEqual([
      ["StringEquals", "accounts.google.com:aud", `\${each.value.unique_id}`],
      ["StringEquals", "accounts.google.com:oaud", `\${each.value.audience}`],
      ["StringEquals", "accounts.google.com:sub", `\${each.value.unique_id}`],
    ]);
  });

  it("pins aud and sub of an Azure identity, with the issuer's slash", () => {
    expect(pins("azure_trust")).toEqual([
      ["StringEquals", `sts.windows.net/\${each.value.tenant_id}/:aud`, `\${each.value.audience}`],
      ["StringEquals", `sts.windows.net/\${each.value.tenant_id}/:sub`, `\${each.value.principal_id}`],
    ]);
    const provider = configurations.get("lake")!.resources.get("aws_iam_openid_connect_provider.azure")!;
    expect(provider["url"]).toBe(`https://sts.windows.net/\${each.key}/`);
  });
});

describe("rights in Google Cloud", () => {
  const gke = configurations.get("gke-source")!;

  it("are five, each on one thing, none on a project", () => {
    const members = [...gke.resources].filter(
      ([address]) => /_iam_/.test(address) && !address.includes("audit_config"),
    );
    expect(members.map(([address, body]) => [address.split(".")[0], body["role"]]).sort()).toEqual([
      ["google_cloud_run_service_iam_member", "roles/run.invoker"],
      ["google_pubsub_subscription_iam_member", "roles/pubsub.subscriber"],
      ["google_pubsub_topic_iam_member", "roles/pubsub.publisher"],
      ["google_pubsub_topic_iam_member", "roles/pubsub.publisher"],
      ["google_service_account_iam_member", "roles/iam.serviceAccountTokenCreator"],
    ]);
  });

  it("give the function's own account none", () => {
    const members = [...gke.resources.values()].map((body) => String(body["member"] ?? ""));
    expect(members.filter((member) => member.includes("google_service_account.function"))).toEqual([]);
  });

  it("let nobody unauthenticated in", () => {
    for (const text of gke.texts.values()) expect(text).not.toMatch(/allUsers|allAuthenticatedUsers/);
  });
});

describe("rights in Azure", () => {
  const aks = configurations.get("aks-source")!;

  it("are three, on the hub, on the app's own storage and on its own telemetry", () => {
    expect(
      Object.fromEntries(
        [...ofType(aks, "azurerm_role_assignment").values()].map((body) => [
          body["role_definition_name"],
          body["scope"],
        ]),
      ),
    ).toEqual({
      "Azure Event Hubs Data Receiver": `\${azurerm_eventhub.audit.id}`,
      "Storage Blob Data Owner": `\${azurerm_storage_account.host.id}`,
      "Monitoring Metrics Publisher": `\${azurerm_application_insights.function[0].id}`,
    });
  });

  it("work without a key or connection string of storage or of the hub", () => {
    const storage = aks.resources.get("azurerm_storage_account.host")!;
    expect(storage["shared_access_key_enabled"]).toBe(false);
    for (const [file, text] of aks.texts) {
      expect(text, file).not.toMatch(/primary_access_key|primary_connection_string|default_primary/);
    }
  });
});

function statements(module: string, document: string): Body[] {
  return blocks(configurations.get(module)!.data.get(`aws_iam_policy_document.${document}`)!, "statement");
}
