import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Item } from "../../shared/adapter.ts";

/** A small native event whose auditID ends in `n`. */
export function event(n: number): Record<string, unknown> {
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: id(n),
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/team-a/configmaps/settings",
    verb: "get",
    user: { username: "alex@example.com", groups: ["system:authenticated"] },
    sourceIPs: ["203.0.113.7"],
    objectRef: { resource: "configmaps", namespace: "team-a", name: "settings", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: "2026-11-22T01:02:03.456789Z",
    stageTimestamp: "2026-11-22T01:02:03.457000Z",
    annotations: { "authorization.k8s.io/decision": "allow" },
  };
}

export const text = (n: number): string => JSON.stringify(event(n));

/** The auditID of `event(n)`. */
export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** base64 of gzip of the JSON of `value`, as CloudWatch Logs packs a document. */
export const packed = (value: unknown): string => gzipSync(JSON.stringify(value)).toString("base64");

export const KLOG = "I1122 01:02:03.456789       1 controller.go:611] quota admission added evaluator for: leases";

/** The core/v1 object that is also called Event. */
export const CORE_EVENT = {
  kind: "Event",
  apiVersion: "v1",
  metadata: { name: "web.17f", namespace: "team-a" },
  involvedObject: { kind: "Pod", name: "web", namespace: "team-a" },
  reason: "Scheduled",
};

const SHARED = process.env["CLUSTERTRAIL_SHARED"] ?? path.resolve(import.meta.dirname, "../../../shared");

/** Lines of a file of the public sample corpus; undefined when the corpus is not beside the project. */
export function corpus(file: string): string[] | undefined {
  const full = path.join(SHARED, "corpus", file);
  if (!existsSync(full)) {
    console.log(`corpus file ${file} is not here; set CLUSTERTRAIL_SHARED to test against it`);
    return undefined;
  }
  return readFileSync(full, "utf8").split("\n").filter(Boolean);
}

/** The native events of items, texts parsed. */
export function events(items: Iterable<Item>): unknown[] {
  const found: unknown[] = [];
  for (const item of items) {
    if (item.kind === "event") found.push(item.event);
    else if (item.kind === "text") found.push(JSON.parse(item.text));
  }
  return found;
}
