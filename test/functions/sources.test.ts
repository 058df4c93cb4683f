import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ADAPTERS, detect } from "../../functions/sources.ts";
import { CORE_EVENT, corpus, event, KLOG, text } from "./sample-events.ts";

const FIXTURES = path.resolve(import.meta.dirname, "../fixtures");
const FUNCTIONS = path.resolve(import.meta.dirname, "../../functions");

describe("detect", () => {
  it.each([
    ["eks", { awslogs: { data: "" } }, "CloudWatch Logs subscription payload"],
    ["eks", `2026-11-22T01:02:03.456Z ${text(1)}`, "CloudWatch Logs export line"],
    ["gke", { insertId: "i", logName: "projects/p/logs/x", protoPayload: {} }, "Cloud Logging entry"],
    ["gke", [{ insertId: "i", protoPayload: {} }], "array, Cloud Logging entry"],
    ["gke", { message: { data: "", messageId: "1" }, subscription: "s" }, "Pub/Sub push body"],
    ["gke", { receivedMessages: [] }, "Pub/Sub pull response"],
    ["gke", { entries: [{ protoPayload: {} }] }, "Cloud Logging entries.list page"],
    ["aks", { records: [{ category: "kube-audit", properties: {} }] }, "Azure Monitor batch"],
    ["aks", { TimeGenerated: "2026-11-22T01:02:03Z", AuditId: "a", Type: "AKSAudit" }, "Log Analytics row"],
    ["kubernetes", event(1), "audit.k8s.io event"],
    ["kubernetes", { kind: "EventList", apiVersion: "audit.k8s.io/v1", items: [] }, "audit webhook EventList"],
    ["kubernetes", { date: 1, log: text(1) }, "forwarder record"],
    ["kubernetes", KLOG, "component log line"],
    ["kubernetes", [], "empty array"],
  ])("says %s", (name, value, envelope) => {
    const found = detect(value);
    expect(found?.envelope).toBe(envelope);
    expect(found?.adapter.name).toBe(name);
  });

  it.each([[null], [7], ["prose"], [{}], [{ kind: "Pod" }], [CORE_EVENT], [[[event(1)]]], [[null, 7]]])(
    "does not claim to know %j",
    (value) => {
      expect(detect(value)).toBeUndefined();
    },
  );

  it("sees past a bad first record", () => {
    expect(detect([null, 7, event(1)])?.adapter.name).toBe("kubernetes");
    expect(detect({ events: [null, { message: "m", timestamp: 1, eventId: "e" }] })?.adapter.name).toBe("eks");
  });

  it("agrees with the adapters, of which at most one recognises a value", () => {
    const values = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...fixtureInputs()));
    fc.assert(
      fc.property(values, (value) => {
        const knowing = ADAPTERS.filter((adapter) => adapter.recognise(value) !== undefined);
        expect(knowing).toEqual(detect(value) === undefined ? [] : [detect(value)?.adapter]);
        expect(knowing[0]?.recognise(value)).toBe(detect(value)?.envelope);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["eks/aws-eks-best-practices.ndjson", "eks"],
    ["eks/panther-analysis.ndjson", "kubernetes"], // native events, no envelope left
    ["gke/dynatrace-gcp-monitor.ndjson", "gke"],
    ["gke/khi.ndjson", "gke"],
    ["gke/octarine-kubectl-rbac.ndjson", "gke"],
    ["gke/panther-analysis.ndjson", "gke"],
    ["aks/dynatrace-azure-log-forwarder.ndjson", "aks"],
    ["aks/kubernetes-auditor-azurediagnostics.ndjson", "aks"],
    ["aks/panther-analysis.ndjson", "aks"],
    ["aks/sysdig-aks-audit-log.ndjson", "aks"],
    ["kubernetes/audit2rbac.ndjson", "kubernetes"],
    ["kubernetes/falco.ndjson", "kubernetes"],
  ])("knows every line of corpus %s as %s", (file, name) => {
    for (const line of corpus(file) ?? []) expect(detect(JSON.parse(line))?.adapter.name).toBe(name);
  });
});

describe("every source", () => {
  it.each(ADAPTERS)("$name has a README, a contract test and golden cases", ({ name }) => {
    expect(readFileSync(path.join(FUNCTIONS, name, "README.md"), "utf8")).toContain(`--source ${name}`);
    const tests = readdirSync(path.join(import.meta.dirname, name)).map((file) =>
      readFileSync(path.join(import.meta.dirname, name, file), "utf8"),
    );
    expect(tests.some((source) => source.includes(`describeAdapter(${name},`))).toBe(true);
    expect(readdirSync(path.join(FIXTURES, name)).length).toBeGreaterThan(2);
  });
});

function fixtureInputs(): unknown[] {
  return ADAPTERS.flatMap(({ name }) =>
    readdirSync(path.join(FIXTURES, name)).flatMap((golden) => {
      const folder = path.join(FIXTURES, name, golden);
      if (!readdirSync(folder).includes("in.json")) return [];
      return [JSON.parse(readFileSync(path.join(folder, "in.json"), "utf8")) as unknown];
    }),
  );
}
