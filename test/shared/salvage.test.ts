import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EKS_CUT_MARK, salvage } from "../../shared/salvage.ts";

const whole = {
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "RequestResponse",
  auditID: "0b0c",
  stage: "ResponseComplete",
  requestURI: '/api/v1/namespaces/shop/pods?x="1"',
  verb: "create",
  user: { username: "alice@example.com", groups: ["a", "b}"] },
  sourceIPs: ["203.0.113.7"],
  userAgent: "kubectl/v1.35.0",
  objectRef: { resource: "pods", namespace: "shop", name: "web", apiVersion: "v1" },
  responseStatus: { metadata: {}, code: 201 },
  requestObject: { kind: "Pod", spec: { containers: [{ image: "nginx", args: ['--a=\\"]'] }] } },
  responseObject: { kind: "Pod", status: {} },
  requestReceivedTimestamp: "2026-11-22T01:02:03.400000Z",
  stageTimestamp: "2026-11-22T01:02:03.456789Z",
  annotations: { "authorization.k8s.io/decision": "allow" },
};
const text = JSON.stringify(whole);
const cutIn = (key: string, extra = 3) => text.slice(0, text.indexOf(`"${key}":`) + key.length + 3 + extra);

describe("salvage", () => {
  it("recovers every field before the cut and names the others", () => {
    const { event, truncated } = salvage(cutIn("requestObject", 30) + EKS_CUT_MARK, "eks")!;
    expect(Object.keys(event)).toEqual(Object.keys(whole).slice(0, 12));
    expect(event["user"]).toEqual(whole.user);
    expect(truncated).toEqual({
      by: "eks",
      missing: ["requestObject", "responseObject", "requestReceivedTimestamp", "stageTimestamp", "annotations"],
    });
  });

  it("leaves out a field that is only partly there", () => {
    const { event, truncated } = salvage(cutIn("user", 12), "aks-16k")!;
    expect(event["user"]).toBeUndefined();
    expect(truncated.missing.slice(0, 3)).toEqual(["user", "sourceIPs", "userAgent"]);
  });

  it("does not call missing what stood before the cut and was never there", () => {
    const { objectRef: _, ...nonResource } = whole;
    const cut = JSON.stringify(nonResource);
    const at = cut.indexOf('"requestObject"') + 20;
    expect(salvage(cut.slice(0, at), "input")!.truncated.missing).not.toContain("objectRef");
  });

  it("knows which bodies the level allows", () => {
    const metadata = text.replace("RequestResponse", "Metadata");
    expect(salvage(metadata.slice(0, 200), "eks")!.truncated.missing).not.toContain("requestObject");
  });

  it("reads fields in another order", () => {
    const { event, truncated } = salvage('{"verb":"get","auditID":"x","level":"Metadata","user":{"user', "input")!;
    expect(event).toEqual({ verb: "get", auditID: "x", level: "Metadata" });
    expect(truncated.missing).toContain("stage");
  });

  it("gives nothing for what does not begin as an event", () => {
    for (const other of [
      "",
      "I0109 klog",
      "[1,2",
      '{"kind":"Ev',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","lev',
      '{"foo":1,"bar":',
    ]) {
      expect(salvage(other, "eks")).toBeUndefined();
    }
  });

  it("recovers, for every cut, only fields equal to the whole event's", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (at) => {
        const salvaged = salvage(text.slice(0, at), "eks");
        if (salvaged === undefined) return;
        for (const [key, value] of Object.entries(salvaged.event))
          expect(value).toEqual(whole[key as keyof typeof whole]);
        const lost = Object.keys(whole).filter((key) => !(key in salvaged.event));
        expect(salvaged.truncated.missing).toEqual(lost);
      }),
      { numRuns: 500 },
    );
  });
});
