import { describe, expect, it } from "vitest";
import { gke } from "../../../functions/gke/decode.ts";
import type { EventItem, Item } from "../../../shared/adapter.ts";
import { corpus } from "../sample-events.ts";

const FILES = ["dynatrace-gcp-monitor", "khi", "octarine-kubectl-rbac", "panther-analysis"];
const lines = FILES.map((file) => corpus(`gke/${file}.ndjson`));
const present = lines.every((file) => file !== undefined);

const items = (file: number): Item[] => (lines[file] ?? []).flatMap((line) => [...gke.decode(JSON.parse(line), {})]);
const events = (file: number) => items(file).filter((item): item is EventItem => item.kind === "event");

/** How often each answer of `of` occurs. */
function count(found: readonly EventItem[], of: (event: Record<string, unknown>) => unknown): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of found) counts[String(of(event))] = (counts[String(of(event))] ?? 0) + 1;
  return counts;
}

const resource = (event: Record<string, unknown>): string => {
  const ref = event["objectRef"] as Record<string, string> | undefined;
  if (ref === undefined) return "(non-resource)";
  return ref["subresource"] === undefined ? ref["resource"]! : `${ref["resource"]}/${ref["subresource"]}`;
};
const http = (event: Record<string, unknown>) =>
  (event["responseStatus"] as Record<string, unknown> | undefined)?.["code"];

// What the sample records hold: SOURCES.md of the corpus.
describe.runIf(present)("the public sample records", () => {
  const [dynatrace, khi, octarine, panther] = [0, 1, 2, 3] as const;

  it("are all accounted for: 118 events and one entry of another service", () => {
    const all = FILES.flatMap((_, file) => items(file));
    expect(all.length).toBe(119);
    expect(all.filter((item) => item.kind !== "event")).toEqual([{ kind: "skip", reason: "other-service" }]);
  });

  it("octarine: 80 reads of 2018", () => {
    const found = events(octarine);
    expect(count(found, (event) => event["verb"])).toEqual({ get: 67, list: 13 });
    expect(count(found, resource)).toEqual({
      clusterrolebindings: 48,
      "(non-resource)": 23,
      roles: 3,
      clusterroles: 3,
      rolebindings: 3,
    });
    expect(count(found, http)).toEqual({ 200: 80 });
    expect(count(found, (event) => JSON.stringify(event["annotations"]))).toEqual({
      '{"authorization.k8s.io/decision":"allow"}': 80,
    });
    for (const { event, id, inferred } of found) {
      expect(event["auditID"]).toMatch(/^[0-9a-f]{8}-/);
      expect(event["auditID"]).not.toBe(id);
      expect(inferred).not.toContain("auditID");
      expect(event["requestURI"]).toMatch(/^\/apis?(\/|$)/);
      expect(event).not.toHaveProperty("userAgent");
    }
  });

  it("khi: a pod created and its status patched", () => {
    const found = events(khi);
    expect(count(found, resource)).toEqual({ pods: 1, "pods/status": 1 });
    expect(found.map(({ event }) => http(event))).toEqual([201, 200]);
    expect(found.map(({ event }) => event["level"])).toEqual(["RequestResponse", "Request"]);
    for (const { event } of found) expect(JSON.stringify(event)).not.toContain('"@type"');
  });

  it("dynatrace: the time of the entry, its bodies and its object", () => {
    const [only] = events(dynatrace);
    expect(only?.event).toMatchObject({
      verb: "update",
      requestURI: "/api/v1/namespaces/kube-system/endpoints/vpa-recommender",
    });
    expect(only?.event["sourceIPs"]).toEqual(["::1"]);
    expect(only?.event["requestObject"]).toMatchObject({ kind: "Endpoints" });
  });

  it("panther: verbs, resources and codes", () => {
    const found = events(panther);
    expect(count(found, (event) => event["verb"])).toEqual({ create: 26, list: 4, get: 5 });
    expect(count(found, resource)).toMatchObject({ "pods/exec": 4, "(non-resource)": 2, clusterroles: 2, secrets: 1 });
    expect(count(found, http)).toMatchObject({ 403: 2, 409: 1 });
    const conflict = found.find(({ event }) => http(event) === 409);
    expect(conflict?.inferred).not.toContain("responseStatus.code");
  });

  it("name in `inferred` only what is there, and every field that no record can have", () => {
    for (const { event, inferred } of FILES.flatMap((_, file) => events(file))) {
      expect(inferred).toContain("level");
      expect(inferred).toContain("stage");
      expect(inferred?.includes("requestURI")).toBe("requestURI" in event);
      expect(inferred?.includes("stageTimestamp")).toBe("stageTimestamp" in event);
    }
  });
});
