import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseMethod, targetOfMethod } from "../../../functions/gke/method-name.ts";

describe("parseMethod", () => {
  it.each([
    ["io.k8s.core.v1.pods.create", "create", false],
    ["io.k8s.core.v1.pods.exec.create", "create", false],
    ["io.k8s.apps.v1.deployments.deletecollection", "deletecollection", false],
    ["com.coreos.database.etcd.v1beta2.etcdbackups.create", "create", false],
    ["io.k8s.get", "get", true],
    ["io.k8s.propfind", "propfind", true],
    ["io.k8s.core.", undefined, false],
    ["list", "list", false],
  ])("%s", (name, verb, nonResource) => {
    expect(parseMethod(name)).toEqual({ name, verb, nonResource });
  });

  it("takes a health path for a path and not for a verb", () => {
    expect(parseMethod("io.k8s.readyz")).toEqual({
      name: "io.k8s.readyz",
      verb: "get",
      nonResource: true,
      path: "readyz",
    });
  });

  it("has nothing to say of no name", () => {
    expect(parseMethod(undefined)).toBeUndefined();
  });
});

describe("targetOfMethod", () => {
  const target = (name: string) => targetOfMethod(parseMethod(name)!);

  it.each([
    ["io.k8s.core.v1.pods.list", { apiVersion: "v1", resource: "pods" }],
    ["io.k8s.core.v1.pods.exec.create", { apiVersion: "v1", resource: "pods", subresource: "exec" }],
    [
      "io.k8s.apps.v1.deployments.scale.update",
      { apiGroup: "apps", apiVersion: "v1", resource: "deployments", subresource: "scale" },
    ],
    [
      "io.k8s.app.v1alpha1.applications.create",
      { apiGroup: "app.k8s.io", apiVersion: "v1alpha1", resource: "applications" },
    ],
    [
      "io.k8s.authorization.rbac.v1.roles.list",
      { apiGroup: "rbac.authorization.k8s.io", apiVersion: "v1", resource: "roles" },
    ],
    [
      "com.coreos.database.etcd.v1beta2.etcdbackups.create",
      { apiGroup: "etcd.database.coreos.com", apiVersion: "v1beta2", resource: "etcdbackups" },
    ],
  ])("%s", (name, expected) => {
    expect(target(name)).toEqual(expected);
  });

  it.each([
    "io.k8s.get",
    "create",
    "io.k8s.core.v1.create",
    "v1.pods.get",
    "io.k8s.core.pods.create",
    "io.k8s.core.v1",
  ])("cannot tell the target of %s", (name) => {
    expect(target(name)).toBeUndefined();
  });

  it.each(["apps", "autoscaling", "batch", "extensions", "policy"])("knows %s as a group without a dot", (apiGroup) => {
    expect(target(`io.k8s.${apiGroup}.v1.things.get`)).toEqual({ apiGroup, apiVersion: "v1", resource: "things" });
  });

  it("reads back every group in reversed order", () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/).filter((text) => !/^v\d+((alpha|beta)\d+)?$/.test(text));
    fc.assert(
      fc.property(fc.array(label, { minLength: 2, maxLength: 4 }), label, (group, resource) => {
        const name = `${group.toReversed().join(".")}.v1.${resource}.get`;
        fc.pre(!name.startsWith("io.k8s.") || group.length !== 3);
        expect(target(name)).toEqual({ apiGroup: group.join("."), apiVersion: "v1", resource });
      }),
    );
  });
});
