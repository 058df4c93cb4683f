import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kubernetes } from "../../../functions/kubernetes/decode.ts";
import { ingest } from "../../../shared/ingest.ts";
import { DirectoryLake } from "../../../shared/lake/directory.ts";

/** Stands for every planted value. */
export const CANARY = "c4n4ry-hunter2-9Xq";
export const CANARY_BASE64 = Buffer.from(CANARY).toString("base64");

/** A native event; `n` gives it an id and a time of its own, ten an hour. */
export function auditEvent(n: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  const hour = String(10 + Math.floor(n / 10)).padStart(2, "0");
  const time = `2026-11-22T${hour}:${String(n % 60).padStart(2, "0")}:03.457000Z`;
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/team-a/pods/web",
    verb: "get",
    user: { username: "alex@example.com", groups: ["system:authenticated"] },
    sourceIPs: ["203.0.113.7"],
    objectRef: { resource: "pods", namespace: "team-a", name: "web", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: time,
    stageTimestamp: time,
    annotations: { "authorization.k8s.io/decision": "allow" },
    ...more,
  };
}

/** An event whose body is a Secret with the canary. */
export function secretEvent(n: number): Record<string, unknown> {
  return auditEvent(n, {
    verb: "create",
    requestURI: "/api/v1/namespaces/team-a/secrets",
    objectRef: { resource: "secrets", namespace: "team-a", name: "db", apiVersion: "v1" },
    requestObject: {
      kind: "Secret",
      apiVersion: "v1",
      metadata: { name: "db", namespace: "team-a" },
      type: "Opaque",
      data: { password: CANARY_BASE64 },
    },
  });
}

/** An event of exec with a password in its URI. */
export function execEvent(n: number): Record<string, unknown> {
  return auditEvent(n, {
    verb: "create",
    requestURI: `/api/v1/namespaces/team-a/pods/web/exec?command=mysql&command=--password%3D${CANARY}`,
    objectRef: { resource: "pods", subresource: "exec", namespace: "team-a", name: "web", apiVersion: "v1" },
  });
}

export const ndjson = (events: readonly unknown[]): string => events.map((one) => `${JSON.stringify(one)}\n`).join("");

/**
 * A lake written without redaction, as an older version or another rule set may have left it: 40 events in four hours,
 * of which the second and the third leak (events 10, 15 and 20).
 */
export async function leakyLake(folder: string): Promise<string> {
  const events = Array.from({ length: 40 }, (_, n) =>
    n === 10 || n === 20 ? secretEvent(n) : n === 15 ? execEvent(n) : auditEvent(n),
  );
  await storeUnredacted(folder, events);
  return folder;
}

export async function storeUnredacted(folder: string, events: readonly unknown[]): Promise<void> {
  await ingest([{ name: "leaky", id: "leaky", body: { chunks: [Buffer.from(ndjson(events))] } }], {
    lake: new DirectoryLake(folder),
    adapterFor: () => kubernetes,
    source: { cluster: "lab" },
    redactor: { redact: () => undefined },
    findLeak: () => undefined,
  });
}

export function writeInput(folder: string, name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
