import { gzipSync } from "node:zlib";
import type { NativeEvent } from "../../shared/event.ts";
import { gkeEntry } from "../simulator/envelopes/gke-entry.ts";
import { Random } from "../simulator/random.ts";

/** How the records of a source arrive. */
export interface Envelope {
  readonly name: "eks" | "gke entry" | "gke push" | "aks" | "webhook" | "file";
  /** Value of `--source`; absent: posted to the listener. */
  readonly source?: "eks" | "gke" | "aks" | "kubernetes";
  /** What one event is inside the envelope, before it becomes text. */
  readonly record: (event: NativeEvent) => unknown;
  /** Only each so-manieth entry of the matrix is sent. */
  readonly oneIn?: number;
  /** The texts of records, as files or as bodies of requests. */
  readonly pack: (records: readonly string[]) => (string | Uint8Array)[];
}

const PLACE = { project: "example-project", location: "europe-west1", cluster: "prod" };
const RESOURCE =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/prod";

const entry = (event: NativeEvent): unknown => gkeEntry(event, PLACE, new Random(1));
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function* batches<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}

export const ENVELOPES: readonly Envelope[] = [
  {
    name: "eks",
    source: "eks",
    record: (event) => event,
    // What a subscription filter hands to a Lambda function.
    pack: (records) => [
      [...batches(records, 200)]
        .map((batch, n) => {
          const logEvents = batch.map((message, i) => ({ id: `3${n}${i}`, timestamp: 1_795_309_324_000, message }));
          const document = {
            messageType: "DATA_MESSAGE",
            owner: "111122223333",
            logGroup: "/aws/eks/prod/cluster",
            logStream: "kube-apiserver-audit-0123456789abcdef0123456789abcdef",
            subscriptionFilters: ["audit"],
            logEvents,
          };
          return JSON.stringify({ awslogs: { data: gzipSync(JSON.stringify(document)).toString("base64") } });
        })
        .join("\n"),
    ],
  },
  { name: "gke entry", source: "gke", record: entry, pack: (records) => [gzipSync(records.join("\n"))] },
  {
    name: "gke push",
    // One message is one request and one write: the rest goes as "gke entry", which is what is inside.
    oneIn: 13,
    record: entry,
    pack: (records) =>
      records.map((data, n) =>
        JSON.stringify({
          message: { data: base64(data), messageId: String(n), publishTime: "2026-11-22T10:00:05Z" },
          subscription: "projects/example-project/subscriptions/audit",
        }),
      ),
  },
  {
    name: "aks",
    source: "aks",
    record: (event) => event,
    pack: (records) => [
      [...batches(records, 100)]
        .map((batch) => {
          const wrapped = batch.map((log) => ({
            time: "2026-11-22T10:00:05.0000000Z",
            category: "kube-audit",
            operationName: "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
            resourceId: RESOURCE.toUpperCase(),
            properties: { log: `${log}\n`, stream: "stdout", pod: "kube-apiserver-0" },
          }));
          return JSON.stringify({ records: wrapped });
        })
        .join("\n"),
    ],
  },
  {
    name: "webhook",
    record: (event) => event,
    pack: (records) =>
      [...batches(records, 400)].map(
        (batch) => `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${batch.join(",")}]}`,
      ),
  },
  { name: "file", source: "kubernetes", record: (event) => event, pack: (records) => [records.join("\n")] },
];
