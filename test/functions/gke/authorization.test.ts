import { describe, expect, it } from "vitest";
import { annotationsOf } from "../../../functions/gke/annotations.ts";
import { authorizedResource, decisionOf, grantOf } from "../../../functions/gke/authorization.ts";

describe("grantOf", () => {
  it.each([
    [[{ granted: true }], "granted"],
    [[{ granted: "true" }], "granted"],
    [[{ granted: false }], "refused"],
    [[{ permission: "p" }], "refused"],
    [[{ granted: true }, {}], "refused"],
    [[null], "refused"],
    [[], undefined],
    [undefined, undefined],
    [{ granted: true }, undefined],
  ])("%j is %s", (info, grant) => {
    expect(grantOf(info)).toBe(grant);
  });
});

describe("decisionOf", () => {
  const forbidden = (message?: string) => ({ code: 403, ...(message === undefined ? {} : { message }) });

  it("allows what was granted, whatever became of it", () => {
    expect(decisionOf("granted", 0, { code: 200 })).toBe("allow");
    expect(decisionOf("granted", 10, { code: 409 })).toBe("allow");
  });

  it("forbids what was not granted and ended with 403, or has no status", () => {
    expect(decisionOf("refused", 7, forbidden())).toBe("forbid");
    expect(decisionOf("refused", 7, forbidden('pods is forbidden: User "u" cannot list pods'))).toBe("forbid");
    expect(decisionOf("refused", undefined, undefined)).toBe("forbid");
  });

  it.each(['pods "x" is forbidden: exceeded quota: q', 'admission webhook "w.example.com" denied the request: no'])(
    "does not take admission for the authorizer: %s",
    (message) => {
      expect(decisionOf("refused", 7, forbidden(message))).toBeUndefined();
    },
  );

  it("decides nothing where another code contradicts", () => {
    expect(decisionOf("refused", 16, { code: 401 })).toBeUndefined();
    expect(decisionOf("refused", 10, { code: 409 })).toBeUndefined();
    expect(decisionOf("refused", 0, { code: 200 })).toBeUndefined();
    expect(decisionOf("refused", 9, { status: "Failure" })).toBeUndefined();
    expect(decisionOf(undefined, 7, forbidden())).toBeUndefined();
  });
});

describe("authorizedResource", () => {
  it("is the first one's", () => {
    expect(authorizedResource([{ resource: "core/v1/pods" }, { resource: "x" }])).toBe("core/v1/pods");
    expect(authorizedResource([7])).toBeUndefined();
    expect(authorizedResource("x")).toBeUndefined();
  });
});

describe("annotationsOf", () => {
  it("keeps the audit annotations among the labels", () => {
    const annotations = {
      "authorization.k8s.io/decision": "allow",
      "authorization.k8s.io/reason": "",
      "mutation.webhook.admission.k8s.io/round_0_index_3": "{}",
      "pod-security.kubernetes.io/enforce-policy": "privileged:latest",
      "authentication.kubernetes.io/credential-id": "X509SHA256=00",
      "command.gke.io/command": "[]",
      "command.gke.io/dryRun": "true",
      "googleapis.com.example.org/x": "1",
    };
    const others = {
      cluster_version: "1",
      "compute.googleapis.com/resource_name": "n",
      "logging.googleapis.com/x": "y",
    };
    expect(annotationsOf({ ...annotations, ...others })).toEqual(annotations);
  });

  it("turns BigQuery's spelling of the known ones back", () => {
    expect(annotationsOf({ authorization_k8s_io_decision: "forbid", other_label: "x" })).toEqual({
      "authorization.k8s.io/decision": "forbid",
    });
  });

  it("writes plain values as text and leaves out the rest", () => {
    expect(annotationsOf({ "a.io/t": true, "a.io/n": 1, "a.io/o": {}, "a.io/z": null })).toEqual({
      "a.io/t": "true",
      "a.io/n": "1",
    });
  });

  it.each([undefined, null, "x", [], {}, { plain: "x" }, JSON.parse('{"__proto__":"x","constructor":"y"}')])(
    "finds none in %j",
    (labels) => {
      expect(annotationsOf(labels)).toBeUndefined();
    },
  );
});
