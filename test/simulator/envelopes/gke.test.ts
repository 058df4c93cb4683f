import { describe, expect, it } from "vitest";
import type { JsonObject, NativeEvent } from "../../../shared/event.ts";
import { Random } from "../random.ts";
import { simulate } from "../traffic.ts";
import { totalOf } from "./delivery.ts";
import { gcloudArrays, gkeEntries, gkePull, gkePush } from "./gke.ts";
import { gkeEntry, isExported, isRead, methodName, resourceName } from "./gke-entry.ts";

const EVENTS = [...simulate({ seed: 41, start: "2026-11-22T09:00:00Z", count: 4000, provider: "gke" })];
const EXPORTED = EVENTS.filter(isExported);
const PLACE = { project: "example-project", location: "europe-west1", cluster: "prod" };
const payloadOf = (entry: JsonObject) => entry["protoPayload"] as JsonObject;
const isKubernetes = (entry: JsonObject) => payloadOf(entry)["serviceName"] === "k8s.io";

function event(about: JsonObject | undefined, rest: JsonObject = {}): NativeEvent {
  return { verb: "get", requestURI: "/", ...(about === undefined ? {} : { objectRef: about }), ...rest };
}

describe("method and resource names", () => {
  it.each([
    [
      event(
        { resource: "pods", namespace: "web", name: "a", apiVersion: "v1", subresource: "exec" },
        { verb: "create" },
      ),
      "io.k8s.core.v1.pods.exec.create",
      "core/v1/namespaces/web/pods/a/exec",
    ],
    [
      event({ resource: "clusterroles", name: "system:node", apiGroup: "rbac.authorization.k8s.io", apiVersion: "v1" }),
      "io.k8s.authorization.rbac.v1.clusterroles.get",
      "rbac.authorization.k8s.io/v1/clusterroles/system:node",
    ],
    [
      event(
        {
          resource: "deployments",
          namespace: "web",
          name: "a",
          apiGroup: "apps",
          apiVersion: "v1",
          subresource: "scale",
        },
        { verb: "update" },
      ),
      "io.k8s.apps.v1.deployments.scale.update",
      "apps/v1/namespaces/web/deployments/a/scale",
    ],
    [
      event(
        { resource: "etcdbackups", namespace: "db", apiGroup: "etcd.database.coreos.com", apiVersion: "v1beta2" },
        { verb: "list" },
      ),
      "com.coreos.database.etcd.v1beta2.etcdbackups.list",
      "etcd.database.coreos.com/v1beta2/namespaces/db/etcdbackups",
    ],
    [
      event({ resource: "namespaces", namespace: "web", name: "web", apiVersion: "v1" }),
      "io.k8s.core.v1.namespaces.get",
      "core/v1/namespaces/web",
    ],
    [
      event(
        { resource: "secrets", namespace: "web", apiVersion: "v1" },
        { verb: "create", requestObject: { metadata: { name: "s" } } },
      ),
      "io.k8s.core.v1.secrets.create",
      "core/v1/namespaces/web/secrets/s",
    ],
    [event(undefined, { requestURI: "/apis/batch/v1?timeout=32s" }), "io.k8s.get", "apis/batch/v1"],
  ])("are Google's (%#)", (native, method, resource) => {
    expect(methodName(native)).toBe(method);
    expect(resourceName(native)).toBe(resource);
  });
});

describe("log entries", () => {
  const deliveries = [...gkeEntries(EVENTS, { seed: 41 })];
  const entries = deliveries.map(({ payload }) => payload).filter(isKubernetes);

  it("come one for a request, and other services' now and then", () => {
    expect(EXPORTED.length).toBeLessThan(EVENTS.length);
    expect(new Set(EXPORTED.map((native) => native["auditID"])).size).toBe(EXPORTED.length);
    const total = totalOf(deliveries);
    expect(total.events).toBe(EXPORTED.length);
    expect(total.skips["other-service"]).toBe(deliveries.length - EXPORTED.length);
    expect(total.skips["other-service"]).toBeGreaterThan(2);
  });

  it("carry what GKE carries, and nothing of what it loses", () => {
    entries.forEach((entry, index) => {
      const native = EXPORTED[index] as NativeEvent;
      const payload = payloadOf(entry);
      const wrong =
        entry["insertId"] !== native["auditID"] ||
        entry["timestamp"] !== native["requestReceivedTimestamp"] ||
        String(entry["receiveTimestamp"]) <= String(entry["timestamp"]) ||
        (entry["operation"] as JsonObject)["producer"] !== "k8s.io" ||
        (payload["request"] !== undefined) !== (native["requestObject"] !== undefined) ||
        String(entry["logName"]).endsWith("data_access") !== isRead(native) ||
        Object.keys(payload["authenticationInfo"] as JsonObject).some(
          (key) => key !== "principalEmail" && key !== "authoritySelector",
        );
      if (wrong) expect.fail(`entry ${index} is not as GKE writes it`);
    });
  });

  it("have gRPC codes, and no grant where it was refused", () => {
    const codes = new Map<unknown, Set<unknown>>();
    entries.forEach((entry, index) => {
      const native = EXPORTED[index] as NativeEvent;
      const http = (native["responseStatus"] as JsonObject)["code"];
      const rpc = (payloadOf(entry)["status"] as JsonObject)["code"];
      codes.set(http, (codes.get(http) ?? new Set()).add(rpc));
      const grant = (payloadOf(entry)["authorizationInfo"] as JsonObject[] | undefined)?.[0];
      if (http === 403) expect(grant).not.toHaveProperty("granted");
    });
    expect(Object.fromEntries([...codes].map(([http, rpc]) => [http, [...rpc]]))).toMatchObject({
      200: [0],
      201: [0],
      101: [0],
      401: [16],
      403: [7],
      404: [5],
      409: [10],
    });
  });

  it("leave reads out where Data Access logs are off", () => {
    const writes = [...gkeEntries(EVENTS, { seed: 41, dataAccess: false, noise: false })];
    expect(totalOf(writes).events).toBe(EXPORTED.filter((native) => !isRead(native)).length);
    expect(writes.every(({ payload }) => String(payload["logName"]).endsWith("activity"))).toBe(true);
  });

  it("of 2018 have another insertId, no bodies and no user agent", () => {
    const written = EXPORTED.filter((native) => native["requestObject"] !== undefined).slice(0, 1);
    const entries2018 = [...gkeEntries(written, { generation: "old", noise: false })].map(({ payload }) => payload);
    expect(entries2018).toHaveLength(1);
    for (const entry of entries2018) {
      expect(entry).toMatchObject({
        severity: "INFO",
        labels: { cluster_version: "1.8.8-gke.0" },
        protoPayload: { status: {} },
      });
      expect(entry["insertId"]).not.toBe((entry["operation"] as JsonObject)["id"]);
      expect(payloadOf(entry)).not.toHaveProperty("request");
      expect(payloadOf(entry)["requestMetadata"]).not.toHaveProperty("callerSuppliedUserAgent");
    }
  });

  it("name the impersonated user", () => {
    const native = EXPORTED.find((candidate) => candidate["impersonatedUser"] !== undefined) as NativeEvent;
    expect(payloadOf(gkeEntry(native, PLACE, new Random(1)))["authenticationInfo"]).toEqual({
      authoritySelector: "dan@example.com",
      principalEmail: "alice@example.com",
    });
  });
});

describe("split entries", () => {
  it("divide the bodies and copy the rest; lists by their items", () => {
    const items = Array.from({ length: 10 }, (_, index) => ({
      metadata: { name: `p${index}` },
      text: "x".repeat(500),
    }));
    const base = EXPORTED.find(
      (native) => native["verb"] === "list" && (native["responseStatus"] as JsonObject)["code"] === 200,
    ) as NativeEvent;
    const native: NativeEvent = { ...base, responseObject: { kind: "PodList", apiVersion: "v1", metadata: {}, items } };
    const parts = [...gkeEntries([native], { seed: 1, splitBytes: 2500, noise: false })];
    expect(parts.length).toBeGreaterThan(1);
    expect(totalOf(parts).events).toBe(parts.length);
    parts.forEach(({ payload }, index) => {
      expect(payload["split"]).toEqual({ uid: native["auditID"], index, totalSplits: parts.length });
      expect(payload["operation"]).toMatchObject({ id: native["auditID"] });
    });
    expect(new Set(parts.map(({ payload }) => payload["insertId"])).size).toBe(parts.length);
    expect(parts.flatMap(({ payload }) => (payloadOf(payload)["response"] as JsonObject)["items"])).toEqual(items);
  });

  it("happen to the largest definitions by themselves", () => {
    const object = {
      kind: "CustomResourceDefinition",
      apiVersion: "apiextensions.k8s.io/v1",
      metadata: { name: "a" },
      spec: { text: "y".repeat(300_000) },
    };
    const native: NativeEvent = {
      ...(EXPORTED[0] as NativeEvent),
      verb: "patch",
      requestObject: object,
      responseObject: object,
    };
    const [request, response, ...more] = [...gkeEntries([native], { noise: false })].map(({ payload }) =>
      payloadOf(payload),
    );
    expect(more).toEqual([]);
    expect(request).toHaveProperty("request");
    expect(request).not.toHaveProperty("response");
    expect(response).toHaveProperty("response");
  });
});

describe("Pub/Sub and gcloud", () => {
  it("push: base64 of one entry; some messages come twice", () => {
    const pushes = [...gkePush(EVENTS, { seed: 41, duplicateEvery: 100 })];
    const first = pushes.filter(({ duplicate }) => !duplicate);
    expect(totalOf(first).events).toBe(EXPORTED.length);
    expect(pushes.length - first.length).toBeGreaterThan(20);
    expect(new Set(first.map(({ payload }) => payload.message.messageId)).size).toBe(first.length);
    expect(new Set(pushes.map(({ payload }) => payload.message.messageId)).size).toBe(first.length);
    const entry = JSON.parse(Buffer.from(first[0]?.payload.message.data ?? "", "base64").toString());
    expect(first[0]?.payload.message.attributes["logging.googleapis.com/timestamp"]).toBe(entry.timestamp);
    expect(first[0]?.payload.subscription).toBe("projects/example-project/subscriptions/clustertrail");
  });

  it("pull and gcloud carry the same entries", () => {
    const entries = [...gkeEntries(EVENTS, { seed: 41 })].map(({ payload }) => payload);
    const pulled = [...gkePull(EVENTS, { seed: 41 })];
    expect(pulled.map(({ payload }) => JSON.parse(Buffer.from(payload.message.data, "base64").toString()))).toEqual(
      entries,
    );
    const pages = [...gcloudArrays(EVENTS, { seed: 41 }, 700)];
    expect(pages.flatMap(({ payload }) => payload)).toEqual(entries);
    for (const page of pages) expect(page.payload.filter(isKubernetes)).toHaveLength(page.events);
    expect(totalOf(pages)).toEqual(totalOf(pulled));
  });
});
