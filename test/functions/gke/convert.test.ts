import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convert } from "../../../functions/gke/convert.ts";
import type { LogEntry } from "../../../functions/gke/entry.ts";
import { auditId, entry } from "./entries.ts";

const eventOf = (payload: Record<string, unknown> = {}, outer: Record<string, unknown> = {}) =>
  convert(entry(payload, outer)).event;

describe("convert", () => {
  it("rebuilds an event and names what it had to assume", () => {
    expect(convert(entry())).toEqual({
      event: {
        kind: "Event",
        apiVersion: "audit.k8s.io/v1",
        level: "Metadata",
        auditID: auditId(1),
        stage: "ResponseComplete",
        requestURI: "/api/v1/namespaces/shop/pods/web-0",
        verb: "delete",
        user: { username: "dev@example.com" },
        sourceIPs: ["203.0.113.10"],
        userAgent: "kubectl/v1.35.1",
        objectRef: { resource: "pods", namespace: "shop", name: "web-0", apiVersion: "v1" },
        responseStatus: { code: 200 },
        requestReceivedTimestamp: "2026-11-22T01:02:03.456789Z",
        stageTimestamp: "2026-11-22T01:02:03.456789Z",
        annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
      },
      inferred: ["level", "stage", "requestURI", "responseStatus.code", "requestReceivedTimestamp", "stageTimestamp"],
    });
  });

  it("prefers the operation's id to the insertId, and only if Kubernetes made it", () => {
    expect(convert(entry({}, { insertId: "random" })).event["auditID"]).toBe(auditId(1));
    expect(convert(entry({}, { insertId: "random" })).inferred).not.toContain("auditID");
    for (const operation of [undefined, { id: "x" }, { id: "x", producer: "compute" }, { producer: "k8s.io" }]) {
      const { event, inferred } = convert(entry({}, { insertId: "random", operation }));
      expect(event["auditID"]).toBe("random");
      expect(inferred).toContain("auditID");
    }
    expect(convert(entry({}, { insertId: undefined, operation: undefined })).event).not.toHaveProperty("auditID");
  });

  it.each([
    [{ first: true, last: true }, "ResponseComplete"],
    [{ first: true }, "ResponseStarted"],
    [{ last: true }, "ResponseComplete"],
    [{}, "ResponseComplete"],
    [undefined, "ResponseComplete"],
  ])("operation %j is stage %s", (operation, stage) => {
    expect(eventOf({}, { operation })["stage"]).toBe(stage);
  });

  it.each([
    [undefined, undefined, "Metadata"],
    [{}, undefined, "Request"],
    [{}, {}, "RequestResponse"],
    [undefined, {}, "RequestResponse"],
    [null, null, "Metadata"],
  ])("request %j and response %j make level %s the lowest possible", (request, response, level) => {
    expect(eventOf({ request, response })["level"]).toBe(level);
  });

  it("takes Google's @type off the bodies, at the top only, and leaves the entry alone", () => {
    const request = { "@type": "core.k8s.io/v1.Pod", spec: { "@type": "kept" } };
    const given = entry({ request, response: { "@type": "k8s.io/Patch" } });
    const before = structuredClone(given);
    expect(convert(given).event).toMatchObject({ requestObject: { spec: { "@type": "kept" } }, responseObject: {} });
    expect(convert(given).event["requestObject"]).not.toHaveProperty("@type");
    expect(given).toEqual(before);
  });

  it("keeps a body's own __proto__ key a key", () => {
    const request = JSON.parse('{"@type":"x","__proto__":{"polluted":true}}') as unknown;
    const body = eventOf({ request })["requestObject"];
    expect(Object.keys(body as object)).toEqual(["__proto__"]);
    expect((body as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("has no user, caller or agent where the entry has none", () => {
    for (const nothing of [undefined, null, {}, 7]) {
      const event = eventOf({ authenticationInfo: nothing, requestMetadata: nothing });
      for (const key of ["user", "impersonatedUser", "sourceIPs", "userAgent"]) expect(event).not.toHaveProperty(key);
    }
  });

  it("takes the time of the entry and never that of its receipt", () => {
    const event = eventOf({}, { timestamp: undefined });
    expect(event).not.toHaveProperty("stageTimestamp");
    expect(event).not.toHaveProperty("requestReceivedTimestamp");
    expect(eventOf({ timestamp: "2026-11-22 01:02:03.4" }, { timestamp: undefined })["stageTimestamp"]).toBe(
      "2026-11-22T01:02:03.4Z",
    );
    expect(eventOf({}, { timestamp: "yesterday" })).not.toHaveProperty("stageTimestamp");
  });

  it("assumes no success for a later part that has lost its status", () => {
    const split = { uid: "u", index: 1, totalSplits: 2 };
    const part = convert(entry({ status: undefined }, { split }));
    expect(part.event).not.toHaveProperty("responseStatus");
    const first = convert(entry({ status: undefined }, { split: { uid: "u", totalSplits: 2 } }));
    expect(first.event["responseStatus"]).toEqual({ code: 200 });
    expect(part.split).toEqual({ uid: "u", index: 1, total: 2 });
    expect(convert(entry({}, { split: { uid: "u", totalSplits: 3 } })).split).toEqual({ uid: "u", index: 0, total: 3 });
    expect(convert(entry({}, { split: { index: 1 } }))).not.toHaveProperty("split");
  });

  it("takes an identity from the body of one object only", () => {
    const response = { metadata: { uid: "u1", resourceVersion: "7", name: "web-0" } };
    expect(eventOf({ response })["objectRef"]).toMatchObject({ uid: "u1", resourceVersion: "7" });
    const list = { methodName: "io.k8s.core.v1.pods.list", response };
    expect(eventOf(list)["objectRef"]).toEqual({
      resource: "pods",
      namespace: "shop",
      name: "web-0",
      apiVersion: "v1",
    });
    const failed = { response: { ...response, kind: "Status", code: 404 }, status: { code: 5 } };
    expect(eventOf(failed)["objectRef"]).not.toHaveProperty("uid");
  });

  it("never throws, and always answers with an event that names what it assumed", () => {
    const anything = fc.jsonValue({ maxDepth: 3 });
    const damaged = fc.record({ payload: keyed(PAYLOAD_KEYS, anything), outer: keyed(OUTER_KEYS, anything) });
    fc.assert(
      fc.property(damaged, ({ payload, outer }) => {
        const { event, inferred } = convert(entry(payload, outer));
        expect(event["kind"]).toBe("Event");
        expect(new Set(inferred).size).toBe(inferred.length);
        for (const path of inferred) expect(at(event, path)).toBeDefined();
        expect(() => JSON.stringify(event)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.dictionary(fc.string(), anything), (value) => void convert(value as LogEntry)));
  });
});

// --- Internal helpers ---

const PAYLOAD_KEYS = [
  "authenticationInfo",
  "authorizationInfo",
  "methodName",
  "request",
  "requestMetadata",
  "resourceName",
  "response",
  "status",
  "timestamp",
];
const OUTER_KEYS = [
  "insertId",
  "labels",
  "operation",
  "protoPayload",
  "split",
  "timestamp",
  "receiveTimestamp",
  "resource",
];

/** Some of `keys`, each with any value, texts of the right kind among them. */
function keyed(keys: readonly string[], anything: fc.Arbitrary<unknown>) {
  const near = fc.constantFrom(
    "io.k8s.get",
    "core/v1/namespaces/a/b/c/d/e",
    "//",
    "io.k8s.core.v1.pods.create",
    [{ granted: true }],
    { code: 7 },
    { kind: "Status", status: "Failure" },
  );
  return fc.dictionary(fc.constantFrom(...keys), fc.oneof(anything, near), { maxKeys: 4 });
}

/** The value at a dotted path, whose last name may itself hold dots. */
function at(event: Record<string, unknown>, path: string): unknown {
  const dot = path.indexOf(".");
  if (dot === -1) return event[path];
  return (event[path.slice(0, dot)] as Record<string, unknown> | undefined)?.[path.slice(dot + 1)];
}
