import { describe, expect, it } from "vitest";
import type { Body } from "./modules.ts";
import { blocks, ofType, readConfiguration } from "./modules.ts";

const eks = await readConfiguration("modules/eks-source");
const gke = await readConfiguration("modules/gke-source");
const aks = await readConfiguration("modules/aks-source");
const lake = await readConfiguration("modules/lake");

describe("eks-source", () => {
  it("selects by the quoted term, never by a JSON pattern, which would drop cut events", () => {
    const filters = [...ofType(eks, "aws_cloudwatch_log_subscription_filter").values()];
    expect(filters.map((filter) => filter["filter_pattern"])).toEqual(['"audit.k8s.io"']);
  });

  it("gives the permission before the filter, for the log group and the account only", () => {
    const filter = eks.resources.get("aws_cloudwatch_log_subscription_filter.audit")!;
    expect(String(filter["depends_on"])).toContain("aws_lambda_permission.logs");
    const permission = eks.resources.get("aws_lambda_permission.logs")!;
    expect(permission["source_arn"]).toMatch(/:log-group:\$\{each\.value\}:\*$/);
    expect(permission["source_account"]).toBe(`\${local.account_id}`);
    expect(permission["qualifier"]).toBeUndefined();
    expect(permission["lifecycle"]).toBeUndefined();
  });

  it("keeps payloads that Lambda gave up, raw as they are, under a key of their own", () => {
    const config = eks.resources.get("aws_lambda_function_event_invoke_config.ingest")!;
    const [destination] = blocks(config, "destination_config");
    expect(blocks(destination!, "on_failure")).toEqual([{ destination: `\${aws_s3_bucket.failed.arn}` }]);
    expect(config["maximum_event_age_in_seconds"]).toBe(21_600);
  });

  it("runs the Lambda package on Node.js 24 and arm64, in a log group with retention", () => {
    const lambda = eks.resources.get("aws_lambda_function.ingest")!;
    expect([lambda["runtime"], lambda["architectures"], lambda["handler"]]).toEqual([
      "nodejs24.x",
      ["arm64"],
      "index.handler",
    ]);
    expect(eks.resources.get("aws_cloudwatch_log_group.function")!["retention_in_days"]).toBe(
      `\${var.log_retention_days}`,
    );
  });

  it("takes missing data for silence, and for nothing else", () => {
    const alarms = ofType(eks, "aws_cloudwatch_metric_alarm");
    expect(Object.fromEntries([...alarms].map(([name, alarm]) => [name, alarm["treat_missing_data"]]))).toEqual({
      function: "notBreaching",
      delivery: "notBreaching",
      silence: "breaching",
    });
  });
});

describe("gke-source", () => {
  const sink = gke.resources.get("google_logging_project_sink.audit")!;

  it("selects Kubernetes entries of both audit logs", () => {
    expect(sink["filter"]).toBe(
      'logName=~"projects/.+/logs/cloudaudit.googleapis.com%2F(activity|data_access)" AND protoPayload.serviceName="k8s.io"',
    );
    expect(sink["unique_writer_identity"]).toBe(true);
  });

  it("says what it excludes, and excludes nothing else", () => {
    expect(String((sink["dynamic"] as Record<string, Body[]>)["exclusions"]![0]!["for_each"])).toBe(
      `\${local.exclusions}`,
    );
    expect(gke.outputs.get("excluded_at_sink")!["value"]).toBe(`\${local.exclusions}`);
    expect(gke.texts.get("locals.tf")).toContain('protoPayload.methodName=\\"io.k8s.coordination.v1.leases.update\\"');
  });

  it("has a subscription on the dead-letter topic, or dead letters would be lost", () => {
    const subscriptions = [...ofType(gke, "google_pubsub_subscription").values()];
    for (const name of ofType(gke, "google_pubsub_topic").keys()) {
      const topic = `\${google_pubsub_topic.${name}.id}`;
      expect(subscriptions.filter((subscription) => subscription["topic"] === topic).length, name).toBe(1);
    }
    const [policy] = blocks(gke.resources.get("google_pubsub_subscription.push")!, "dead_letter_policy");
    expect(policy!["dead_letter_topic"]).toBe(`\${google_pubsub_topic.dead_letter.id}`);
  });

  it("lets no subscription expire", () => {
    for (const [name, subscription] of ofType(gke, "google_pubsub_subscription")) {
      expect(blocks(subscription, "expiration_policy"), name).toEqual([{ ttl: "" }]);
      expect(subscription["message_retention_duration"], name).toBeDefined();
    }
  });

  it("signs pushes, backs off, and waits for the answer as long as the function may take", () => {
    const push = gke.resources.get("google_pubsub_subscription.push")!;
    const [config] = blocks(push, "push_config");
    expect(blocks(config!, "oidc_token")).toEqual([
      { service_account_email: `\${google_service_account.push.email}`, audience: `\${local.push_audience}` },
    ]);
    expect(blocks(push, "retry_policy")).toEqual([{ minimum_backoff: "10s", maximum_backoff: "600s" }]);
    const [service] = blocks(gke.resources.get("google_cloudfunctions2_function.ingest")!, "service_config");
    expect(push["ack_deadline_seconds"]).toBe(service!["timeout_seconds"]);
  });

  it("builds no function when pushes go elsewhere", () => {
    const conditional = [
      "google_cloudfunctions2_function.ingest",
      "google_storage_bucket.source",
      "google_storage_bucket_object.source",
      "google_cloud_run_service_iam_member.push_invokes",
    ];
    for (const address of conditional) {
      expect(gke.resources.get(address)!["count"], address).toBe(`\${local.builds_function ? 1 : 0}`);
    }
  });

  it("answers HTTP: it has no Eventarc trigger", () => {
    expect(blocks(gke.resources.get("google_cloudfunctions2_function.ingest")!, "event_trigger")).toEqual([]);
  });

  it("tells its function where the lake is and who it may be", () => {
    const [service] = blocks(gke.resources.get("google_cloudfunctions2_function.ingest")!, "service_config");
    const text = String(service!["environment_variables"]);
    for (const name of [
      "CLUSTERTRAIL_LAKE",
      "CLUSTERTRAIL_AWS_ROLE_ARN",
      "CLUSTERTRAIL_AWS_AUDIENCE",
      "CLUSTERTRAIL_AWS_REGION",
    ]) {
      expect(text).toMatch(new RegExp(`\\b${name}\\s*=`));
    }
  });
});

describe("aks-source", () => {
  it("switches on exactly one category, of the two that hold audit events", () => {
    const settings = [...ofType(aks, "azurerm_monitor_diagnostic_setting").values()];
    expect(settings.length).toBe(1);
    expect(blocks(settings[0]!, "enabled_log")).toEqual([{ category: `\${var.category}` }]);
    for (const other of ["enabled_metric", "metric", "log"]) expect(blocks(settings[0]!, other)).toEqual([]);
    const rule = (aks.variables.get("category")!["validation"] as Body[])[0]!;
    expect(rule["condition"]).toBe(`\${contains(["kube-audit", "kube-audit-admin"], var.category)}`);
  });

  it("says that kube-audit-admin shows no reads", () => {
    expect(aks.variables.get("category")!["default"]).toBe("kube-audit-admin");
    expect(aks.variables.get("category")!["description"]).toMatch(/leaves out get and list/);
    expect(aks.outputs.get("coverage")!["value"]).toMatch(/get and list are NOT/);
  });

  it("reads the hub by identity, in a consumer group of its own", () => {
    const settings = aks.texts.get("function.tf")!;
    expect(settings).toMatch(/CLUSTERTRAIL_EVENTHUB__fullyQualifiedNamespace\s*=/);
    expect(settings).toMatch(/CLUSTERTRAIL_EVENTHUB__credential\s*= "managedidentity"/);
    expect([...ofType(aks, "azurerm_eventhub_consumer_group").values()].map((group) => group["name"])).toEqual([
      "clustertrail",
    ]);
  });

  it("asks Entra for version 1 tokens, whose issuer and audience the lake's trust policy names", () => {
    const application = aks.resources.get("azuread_application.lake")!;
    expect(blocks(application, "api")[0]!["requested_access_token_version"]).toBe(1);
    expect(aks.resources.get("azuread_application_identifier_uri.lake")!["identifier_uri"]).toMatch(/^api:\/\//);
    expect(aks.resources.get("azuread_service_principal.lake")!["app_role_assignment_required"]).toBe(true);
  });

  it("puts no value on a command line", () => {
    const [provisioner] = Object.values(
      aks.resources.get("terraform_data.package")!["provisioner"] as Record<string, Body[]>,
    );
    expect(provisioner![0]!["command"]).not.toContain(`\${`);
  });
});

describe("lake", () => {
  const statements = blocks(lake.data.get("aws_iam_policy_document.bucket")!, "statement");
  const statement = (sid: string) => statements.find((candidate) => candidate["sid"] === sid)!;

  it("refuses puts without If-None-Match, parts of multipart uploads excepted", () => {
    expect(statement("CreateOnly")["effect"]).toBe("Deny");
    expect(blocks(statement("CreateOnly"), "condition")).toEqual([
      { test: "Null", variable: "s3:if-none-match", values: ["true"] },
      { test: "Bool", variable: "s3:ObjectCreationOperation", values: ["true"] },
    ]);
  });

  it("refuses other keys only where a request names one: a negated test alone is true without the header", () => {
    for (const sid of ["NoOtherKey", "NoOtherEncryption"]) {
      const [present, differs] = blocks(statement(sid), "condition");
      expect(present, sid).toEqual({ test: "Null", variable: differs!["variable"], values: ["false"] });
      expect(differs!["test"], sid).toBe("StringNotEquals");
    }
  });

  it("is versioned, private, encrypted under one key and quarantine under another, and survives terraform destroy", () => {
    expect(lake.resources.get("aws_s3_bucket_versioning.lake")!["versioning_configuration"]).toEqual([
      { status: "Enabled" },
    ]);
    const access = lake.resources.get("aws_s3_bucket_public_access_block.all")!;
    for (const name of ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]) {
      expect(access[name], name).toBe(true);
    }
    for (const bucket of ofType(lake, "aws_s3_bucket").values()) {
      expect(blocks(bucket, "lifecycle")).toEqual([{ prevent_destroy: true }]);
    }
    for (const key of ofType(lake, "aws_kms_key").values()) expect(key["enable_key_rotation"]).toBe(true);
    expect(ofType(lake, "aws_kms_key").size).toBe(2);
  });

  it("moves only objects that are large enough, and expires all", () => {
    const rules = blocks(lake.resources.get("aws_s3_bucket_lifecycle_configuration.lake")!, "rule");
    const moving = rules.filter((rule) => blocks(rule, "transition").length > 0);
    expect(moving.length).toBe(1);
    const [filter] = blocks(moving[0]!, "filter");
    expect(blocks(filter!, "and")[0]!["object_size_greater_than"]).toBe(`\${var.transition_min_bytes}`);
    expect(blocks(moving[0]!, "transition").map((transition) => transition["storage_class"])).toEqual([
      "STANDARD_IA",
      "GLACIER",
    ]);
    const expiring = rules.filter((rule) => blocks(rule, "expiration").some((expiration) => "days" in expiration));
    expect(expiring.length).toBe(1);
    expect(JSON.stringify(expiring)).not.toContain("object_size");
  });

  it("keeps by default for the time that the documentation promises", () => {
    const type = String(lake.variables.get("lifecycle_days")!["type"]);
    const defaults = Object.fromEntries(
      [...type.matchAll(/(\w+)\s*= optional\(number, (\d+)\)/g)].map(([, name, days]) => [name, Number(days)]),
    );
    expect(defaults).toEqual({
      standard_ia: 90,
      glacier: 365,
      expire: 2555,
      quarantine: 30,
      noncurrent: 30,
      incomplete_upload: 7,
    });
  });

  it("lets an account of the organisation write its own events only", () => {
    const rule = statement("OrganizationWriters");
    expect(String(rule["resources"])).toContain("account=&{aws:PrincipalAccount}/*");
    expect(blocks(rule, "condition").map((condition) => condition["variable"])).toEqual([
      "aws:PrincipalOrgID",
      "aws:PrincipalArn",
    ]);
  });
});
