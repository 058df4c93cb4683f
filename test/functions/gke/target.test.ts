import { describe, expect, it } from "vitest";
import { parseMethod } from "../../../functions/gke/method-name.ts";
import { aimOf } from "../../../functions/gke/target.ts";

const NO_BODIES = { request: undefined, response: undefined };
const aim = (methodName: string | undefined, resourceName?: string, info?: unknown, bodies = {}) =>
  aimOf(parseMethod(methodName), resourceName, info, { ...NO_BODIES, ...bodies });

describe("aimOf", () => {
  it.each([
    ["io.k8s.get", "api/v1", "/api/v1"],
    ["io.k8s.get", "apis/batch/v1", "/apis/batch/v1"],
    ["io.k8s.get", "/readyz", "/readyz"],
    ["io.k8s.post", "HNAP1", "/HNAP1"],
    ["io.k8s.get", undefined, "/"],
    ["io.k8s.readyz", undefined, "/readyz"],
    [undefined, "apis/apps/v1", "/apis/apps/v1"],
    [undefined, "healthz", "/healthz"],
  ])("%s of %s is for a path", (methodName, resourceName, requestURI) => {
    expect(aim(methodName, resourceName)).toEqual({ requestURI, inferred: ["requestURI"] });
  });

  it("takes the authorised resource, then the method, where there is no resourceName", () => {
    const info = [{ resource: "core/v1/namespaces/a/pods/p" }];
    expect(aim("io.k8s.core.v1.pods.get", undefined, info)).toEqual({
      objectRef: { resource: "pods", namespace: "a", name: "p", apiVersion: "v1" },
      requestURI: "/api/v1/namespaces/a/pods/p",
      inferred: ["requestURI", "objectRef"],
    });
    expect(aim("io.k8s.core.v1.pods.exec.create")).toEqual({
      objectRef: { resource: "pods", apiVersion: "v1", subresource: "exec" },
      subresource: "exec",
      inferred: ["objectRef"],
    });
    expect(aim(undefined)).toEqual({ inferred: [] });
  });

  it("trusts resourceName more than what was authorised", () => {
    const info = [{ resource: "core/v1/namespaces/b/pods/q" }];
    expect(aim("io.k8s.core.v1.pods.get", "core/v1/namespaces/a/pods/p", info).objectRef).toMatchObject({ name: "p" });
  });

  it("writes objectRef in the API server's order", () => {
    const response = { metadata: { uid: "u", resourceVersion: "7" } };
    const { objectRef } = aim(
      "io.k8s.apps.v1.deployments.scale.update",
      "apps/v1/namespaces/a/deployments/d/scale",
      undefined,
      { response },
    );
    expect(JSON.stringify(objectRef)).toBe(
      '{"resource":"deployments","namespace":"a","name":"d","uid":"u","apiGroup":"apps","apiVersion":"v1","resourceVersion":"7","subresource":"scale"}',
    );
  });

  it("names what was created from the bodies, the answer's first, and says so", () => {
    const create = (bodies: object) =>
      aim("io.k8s.core.v1.configmaps.create", "core/v1/namespaces/a/configmaps", undefined, bodies);
    const request = { metadata: { name: "asked" } };
    expect(create({ request })).toMatchObject({
      objectRef: { name: "asked" },
      inferred: ["requestURI", "objectRef.name"],
    });
    expect(create({ request, response: { metadata: { name: "made" } } }).objectRef).toMatchObject({ name: "made" });
    expect(create({ request, response: { kind: "Status", metadata: { name: "no" } } }).objectRef).toMatchObject({
      name: "asked",
    });
    expect(create({}).objectRef).not.toHaveProperty("name");
  });

  it("names nothing after the body of a subresource or a list", () => {
    const bodies = { request: { metadata: { name: "x", uid: "u" } } };
    const unnamed = aim("io.k8s.core.v1.pods.list", "core/v1/namespaces/a/pods", undefined, bodies);
    expect(unnamed.objectRef).toEqual({ resource: "pods", namespace: "a", apiVersion: "v1" });
  });
});
