import { describe, expect, it } from "vitest";
import type { ClusterProvider, JsonObject, NativeEvent } from "../../shared/event.ts";
import type { PolicyName } from "./policy.ts";
import { intrusionOf, type SimulationOptions, simulate } from "./traffic.ts";

const reference = (event: NativeEvent) => (event["objectRef"] ?? {}) as JsonObject;
const decision = (event: NativeEvent) => ((event["annotations"] ?? {}) as JsonObject)["authorization.k8s.io/decision"];

const CASES: readonly [ClusterProvider, PolicyName][] = [
  ["eks", "managed"],
  ["gke", "managed"],
  ["aks", "metadata"],
  ["kubernetes", "request-response"],
];

describe.each(CASES)("the intruder in %s at %s", (provider, level) => {
  const options: SimulationOptions = { seed: 9, count: 2000, provider, level };
  const intrusion = intrusionOf(options);
  const events = [...simulate(options)].filter((event) =>
    (event["sourceIPs"] as string[]).includes(intrusion?.ip ?? ""),
  );
  const acts = (verb: string, resource: string, subresource?: string) =>
    events.filter(
      (event) =>
        event["verb"] === verb &&
        reference(event)["resource"] === resource &&
        reference(event)["subresource"] === subresource &&
        event["stage"] !== "RequestReceived",
    );

  it("appears under the announced names in the announced time only", () => {
    expect(events.length).toBeGreaterThan(35);
    for (const event of events) {
      expect(intrusion?.users).toContain((event["user"] as JsonObject)["username"]);
      expect(String(event["requestReceivedTimestamp"]) >= String(intrusion?.from)).toBe(true);
      expect(String(event["stageTimestamp"]) < String(intrusion?.until)).toBe(true);
    }
  });

  it("tries what is forbidden, then reads secrets everywhere", () => {
    expect(events.filter((event) => decision(event) === "forbid").length).toBeGreaterThanOrEqual(8);
    const listed = acts("list", "secrets").filter((event) => decision(event) === "allow");
    expect(new Set(listed.map((event) => reference(event)["namespace"])).size).toBeGreaterThanOrEqual(7);
    expect(acts("get", "secrets").length).toBeGreaterThanOrEqual(7);
  });

  it("makes himself administrator and takes a token", () => {
    expect(acts("create", "clusterrolebindings")).toHaveLength(1);
    expect(acts("create", "serviceaccounts", "token")).toHaveLength(1);
    const body = acts("create", "clusterrolebindings")[0]?.["requestObject"];
    if (level === "metadata") expect(body).toBeUndefined();
    else expect(body).toMatchObject({ roleRef: { name: "cluster-admin" }, subjects: [{ name: "storefront" }] });
  });

  it("starts a privileged pod on the host's files and works in it", () => {
    const pod = acts("create", "pods")[0];
    expect(reference(pod ?? {})["namespace"]).toBe(intrusion?.pod.namespace);
    if (level !== "metadata") {
      const text = JSON.stringify(pod?.["requestObject"]);
      expect(text).toContain('"privileged":true');
      expect(text).toContain('"hostPath":{"path":"/"');
    }
    const commands = acts("create", "pods", "exec");
    expect(commands.length).toBe(4);
    for (const command of commands)
      expect(command["requestURI"]).toContain("command=sh&command=-c&command=chroot%20%2Fhost");
  });

  it("removes the pod, two witnesses and the binding", () => {
    expect(acts("delete", "pods")).toHaveLength(3);
    expect(acts("delete", "clusterrolebindings").map((event) => reference(event)["name"])).toEqual([
      intrusion?.binding,
    ]);
  });
});

describe("the intruder", () => {
  it("stays away when told, and when there is too little traffic to hide in", () => {
    const seen = (options: SimulationOptions) =>
      [...simulate(options)].some((event) => (event["sourceIPs"] as string[]).includes("203.0.113.66"));
    expect(seen({ seed: 9, count: 2000, intruder: false })).toBe(false);
    expect(intrusionOf({ seed: 9, count: 2000, intruder: false })).toBeUndefined();
    expect(seen({ seed: 9, count: 200 })).toBe(false);
  });
});
