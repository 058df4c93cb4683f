import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GRPC_TABLE, isStatus, outcomeOf } from "../../../functions/gke/status.ts";

const GET = { verb: "get", subresource: undefined, doubtful: false };
const code = (grpc: number, message?: string) => {
  const status = message === undefined ? { code: grpc } : { code: grpc, message };
  return outcomeOf(status, undefined, GET).responseStatus?.["code"];
};

describe("GRPC_TABLE", () => {
  it("has a row for every google.rpc.Code that is an error, once, with its evidence", () => {
    expect(GRPC_TABLE.map((row) => row.code)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    for (const row of GRPC_TABLE) expect(row.source.length).toBeGreaterThan(8);
  });

  it("leaves the HTTP code of ambiguous rows open, and of no others", () => {
    for (const row of GRPC_TABLE) expect(row.http === undefined).toBe(row.evidence === "ambiguous");
  });

  it("is witnessed for what matters to detections", () => {
    const witnessed = GRPC_TABLE.filter((row) => row.evidence === "witnessed").map(({ code, http }) => [code, http]);
    expect(witnessed).toEqual([
      [3, 400],
      [7, 403],
      [10, 409],
      [16, 401],
    ]);
  });
});

describe("outcomeOf", () => {
  it.each([
    [3, 400],
    [5, 404],
    [6, 409],
    [7, 403],
    [8, 429],
    [10, 409],
    [13, 500],
    [14, 503],
    [16, 401],
  ])("reads gRPC %i as HTTP %i and says that it did", (grpc, http) => {
    const { responseStatus, inferred } = outcomeOf({ code: grpc, message: "m" }, undefined, GET);
    expect(responseStatus).toMatchObject({ code: http, status: "Failure", message: "m" });
    expect(inferred).toContain("responseStatus.code");
  });

  it.each([2, 9, 11, 77, -1])("makes up no HTTP code for gRPC %i", (grpc) => {
    const { responseStatus, inferred } = outcomeOf({ code: grpc }, undefined, GET);
    expect(responseStatus).not.toHaveProperty("code");
    expect(inferred).not.toContain("responseStatus.code");
  });

  it("tells the readings of one code apart by the API server's message", () => {
    expect(code(9, 'Pod "x" is invalid: spec: Forbidden')).toBe(422);
    const reason = (message: string) => outcomeOf({ code: 10, message }, undefined, GET).responseStatus?.["reason"];
    expect(reason('pods "x" already exists')).toBe("AlreadyExists");
    expect(reason('Operation cannot be fulfilled on pods "x": the object has been modified')).toBe("Conflict");
    expect(reason("other")).toBeUndefined();
  });

  it.each([undefined, null, {}, { code: 0 }, { code: "0" }, "x"])("takes status %j for success", (status) => {
    expect(outcomeOf(status, undefined, GET)).toEqual({
      responseStatus: { code: 200 },
      inferred: ["responseStatus.code"],
    });
  });

  it.each([
    ["create", undefined, 201],
    ["create", "binding", 201],
    ["create", "proxy", 200],
    ["create", "exec", 101],
    ["get", "exec", 101],
    ["create", "attach", 101],
    ["get", "portforward", 101],
    ["get", "log", 200],
    ["delete", undefined, 200],
    ["post", undefined, 200],
  ])("%s %s succeeds with %i", (verb, subresource, expected) => {
    expect(outcomeOf({ code: 0 }, undefined, { verb, subresource, doubtful: false }).responseStatus?.["code"]).toBe(
      expected,
    );
  });

  it("makes up no success where something speaks against it, unless the record says 0", () => {
    const doubtful = { ...GET, doubtful: true };
    expect(outcomeOf(undefined, undefined, doubtful)).toEqual({ inferred: [] });
    expect(outcomeOf({}, undefined, doubtful)).toEqual({ inferred: [] });
    expect(outcomeOf({ code: 0 }, undefined, doubtful).responseStatus).toEqual({ code: 200 });
    expect(outcomeOf({}, undefined, { ...GET, verb: undefined })).toEqual({ inferred: [] });
  });

  it("prefers the Status body, whole, and lists nothing then", () => {
    const response = {
      "@type": "core.k8s.io/v1.Status",
      apiVersion: "v1",
      kind: "Status",
      metadata: {},
      status: "Failure",
      message: "m",
      reason: "AlreadyExists",
      details: { name: "x" },
      code: 409,
    };
    expect(outcomeOf({ code: 10, message: "other" }, response, GET)).toEqual({
      responseStatus: {
        metadata: {},
        status: "Failure",
        message: "m",
        reason: "AlreadyExists",
        details: { name: "x" },
        code: 409,
      },
      inferred: [],
    });
    const silent = { ...response, message: undefined, code: undefined };
    expect(outcomeOf({ code: 10, message: "from status" }, silent, GET)).toEqual({
      responseStatus: {
        metadata: {},
        status: "Failure",
        message: "from status",
        reason: "AlreadyExists",
        details: { name: "x" },
        code: 409,
      },
      inferred: ["responseStatus.code"],
    });
  });

  it("does not call a failure a success because its code is missing or absurd", () => {
    for (const absurd of [undefined, "x", 7, 4_000, 403.5]) {
      const response = { kind: "Status", status: "Failure", message: "m", code: absurd };
      expect(outcomeOf({}, response, GET)).toEqual({
        responseStatus: { status: "Failure", message: "m" },
        inferred: [],
      });
    }
  });

  it("answers anything with either a code it can account for or none", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.boolean(), (status, response, doubtful) => {
        const { responseStatus, inferred } = outcomeOf(status, response, { ...GET, doubtful });
        if (responseStatus === undefined) expect(inferred).toEqual([]);
        else if (!isStatus(response)) expect(inferred.includes("responseStatus.code")).toBe("code" in responseStatus);
      }),
    );
  });
});
