import { describe, expect, it } from "vitest";
import { aks } from "../../../functions/aks/decode.ts";
import { parseResourceId } from "../../../functions/aks/resource-id.ts";
import type { Item, SourceContext } from "../../../shared/adapter.ts";
import { corpus, events, id, text } from "../sample-events.ts";
import {
  asStrings,
  auditRow,
  context,
  diagnosticsRow,
  kafka,
  RESOURCE,
  record,
  SUBSCRIPTION,
  TIME,
} from "./envelopes.ts";

const decode = (value: unknown, given: SourceContext = context): Item[] => [...aks.decode(value, given)];
const only = (value: unknown, given: SourceContext = context): Item => {
  const items = decode(value, given);
  expect(items).toHaveLength(1);
  return items[0] as Item;
};

describe("aks: place, id and time", () => {
  it("takes subscription and cluster from the resource id, in lower case, whatever the caller says", () => {
    expect(only(record(1))).toEqual({
      kind: "text",
      text: `${text(1)}\n`,
      place: {
        provider: "aks",
        cloud: "azure",
        account: SUBSCRIPTION,
        region: "westeurope",
        cluster: "prod",
        clusterId: RESOURCE.toLowerCase(),
      },
      source: "azure-storage",
      cutBy: "aks-16k",
      delivered: TIME,
    });
  });

  it.each([
    [RESOURCE],
    [RESOURCE.toUpperCase()],
    [RESOURCE.toLowerCase()],
    [`${RESOURCE}/`],
    [`${RESOURCE}/agentPools/one`],
  ])("reads %s as one and the same cluster", (resourceId) => {
    expect(parseResourceId(resourceId)).toEqual({
      id: RESOURCE.toLowerCase(),
      subscription: SUBSCRIPTION,
      cluster: "prod",
    });
  });

  it.each([[""], ["/"], ["prod"], ["/subscriptions"]])("does not read %j", (resourceId) => {
    expect(parseResourceId(resourceId)).toBeUndefined();
  });

  it("takes no resource group, or other resource, for a cluster", () => {
    for (const rest of ["", "/resourceGroups/rg", "/resourceGroups/rg/providers/Microsoft.Web/sites/x"]) {
      expect(parseResourceId(`/subscriptions/${SUBSCRIPTION}${rest}`)).toEqual({ subscription: SUBSCRIPTION });
    }
  });

  it("falls back to the caller when the record does not say", () => {
    expect(only(record(1, { resourceId: "" }))).toMatchObject({
      place: { provider: "aks", account: "asked-account", region: "westeurope", cluster: "asked" },
    });
    expect(only(record(1, { resourceId: 7 }), {})).toHaveProperty("place", { provider: "aks", cloud: "azure" });
  });

  it("prefers the record's location, spelled as a Region", () => {
    expect(only(record(1, { location: "West Europe" }), { region: "eastus" })).toMatchObject({
      place: { region: "westeurope" },
    });
  });

  it("tells storage, Event Hubs and Log Analytics apart", () => {
    expect(only({ records: [record(1)] })).toMatchObject({ source: "event-hubs" });
    expect(only([record(1)])).toMatchObject({ source: "event-hubs" });
    expect(only(diagnosticsRow(1))).toMatchObject({
      source: "log-analytics",
      cutBy: "log-analytics",
      delivered: "2026-11-22T01:02:04Z",
    });
  });

  it("names a Kafka message by topic, partition and offset, and its records by number", () => {
    const value = kafka([JSON.stringify({ records: [record(1), record(2)] }), JSON.stringify(record(3))]);
    expect(decode(value).map((item) => ("id" in item ? item.id : undefined))).toEqual([
      "audit-0-100#0",
      "audit-0-100#1",
      "audit-0-101",
    ]);
  });

  it.each([["yesterday"], [undefined], [1_795_309_324_000], ["2026-02-30T00:00:00Z"]])(
    "gives no delivery time for %s",
    (time) => {
      expect(only(record(1, { time }))).not.toHaveProperty("delivered");
    },
  );
});

describe("aks: rows of the audit tables", () => {
  it("becomes the event that its columns hold", () => {
    const item = only(auditRow(1));
    expect(item).toEqual({
      kind: "event",
      event: {
        kind: "Event",
        apiVersion: "audit.k8s.io/v1",
        level: "Request",
        auditID: id(1),
        stage: "ResponseComplete",
        requestURI: "/api/v1/namespaces/team-a/configmaps",
        verb: "create",
        user: { username: "alex@example.com", groups: ["system:authenticated"] },
        sourceIPs: ["203.0.113.7"],
        userAgent: "kubectl/v1.32",
        objectRef: { resource: "configmaps", namespace: "team-a", apiVersion: "v1" },
        responseStatus: { code: 201 },
        requestObject: { kind: "ConfigMap" },
        requestReceivedTimestamp: "2026-11-22T01:02:03.4567890Z",
        stageTimestamp: "2026-11-22T01:02:03.4570000Z",
        annotations: { "authorization.k8s.io/decision": "allow" },
      },
      place: expect.objectContaining({ clusterId: RESOURCE.toLowerCase() }),
      source: "log-analytics",
      delivered: "2026-11-22T01:02:04.1234567Z",
      inferred: ["kind", "apiVersion"],
    });
  });

  it("is the same event when the dynamic columns are texts", () => {
    expect(only(asStrings(auditRow(1)))).toEqual(only(auditRow(1)));
  });

  it("keeps a body that is the text of a marker", () => {
    for (const marker of ["skipped-too-big-size-object", '"skipped-too-big-size-object"']) {
      expect(only(auditRow(1, { RequestObject: marker }))).toMatchObject({
        event: { requestObject: "skipped-too-big-size-object" },
      });
    }
  });

  it("takes a plain text for the only source address", () => {
    expect(only(auditRow(1, { SourceIps: "203.0.113.9" }))).toMatchObject({ event: { sourceIPs: ["203.0.113.9"] } });
  });

  it("hands a row with a cut body on as cut text, all whole fields before it", () => {
    const item = only(auditRow(1, { RequestObject: '{"kind":"Secret","data":{"a' }));
    expect(item).toMatchObject({ kind: "text", cutBy: "log-analytics", source: "log-analytics" });
    const cut = item.kind === "text" ? item.text : "";
    expect(() => JSON.parse(cut)).toThrow();
    expect(cut.endsWith(',"requestObject":{"kind":"Secret","data":{"a')).toBe(true);
    expect(JSON.parse(`${cut.slice(0, cut.indexOf(',"requestObject"'))}}`)).toMatchObject({
      auditID: id(1),
      stageTimestamp: "2026-11-22T01:02:03.4570000Z",
    });
  });

  it("rejects a row of an audit table that has nothing in it", () => {
    expect(only({ TimeGenerated: TIME, Type: "AKSAudit" })).toMatchObject({ kind: "reject", reason: "not-an-event" });
  });
});

const corpusFiles = [
  ["aks/dynatrace-azure-log-forwarder.ndjson", 1, { "other-category": 1 }],
  ["aks/kubernetes-auditor-azurediagnostics.ndjson", 2, {}],
  ["aks/panther-analysis.ndjson", 23, {}],
  ["aks/sysdig-aks-audit-log.ndjson", 22, {}],
] as const;

describe.each(corpusFiles)("aks: corpus %s", (file, count, skips) => {
  const lines = corpus(file);

  it.runIf(lines !== undefined)("yields every event, unchanged, and is recognised", () => {
    const values = (lines ?? []).map((line) => JSON.parse(line) as Record<string, unknown>);
    const items = values.flatMap((value) => decode(value, {}));
    const skipped = items.filter((item) => item.kind === "skip");
    expect(Object.fromEntries(skipped.map((item) => [item.reason, 1]))).toEqual(skips);
    expect(items).toHaveLength(count + skipped.length);
    expect(events(items)).toEqual(values.flatMap(nativeEvents));
    for (const value of values)
      expect(aks.recognise(value)).toMatch(/^(Azure Monitor (record|batch)|Log Analytics row)$/);
  });
});

/** The same events, dug out by hand. */
function nativeEvents(value: Record<string, unknown>): unknown[] {
  const records = (value["records"] ?? [value]) as {
    log_s?: string;
    category?: string;
    properties?: { log: string };
  }[];
  return records
    .map((one) => one.log_s ?? one.properties?.log ?? "")
    .filter((one) => one.startsWith("{"))
    .map((one) => JSON.parse(one) as unknown);
}
