import { gzipSync } from "node:zlib";
import { document, payload } from "../functions/eks/envelopes.ts";
import { CANARY } from "./canary.ts";

/** Inputs that something is wrong with, each with a secret in it that nobody has had a chance to take out. */

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function secretEvent(n: number): Record<string, unknown> {
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/shop/secrets",
    verb: "create",
    user: { username: "jane@example.com" },
    sourceIPs: ["203.0.113.7"],
    objectRef: { resource: "secrets", namespace: "shop", apiVersion: "v1" },
    requestObject: { kind: "Secret", stringData: { k: CANARY }, data: { k: base64(CANARY) } },
    requestReceivedTimestamp: "2026-11-22T10:00:00.000000Z",
    stageTimestamp: "2026-11-22T10:00:00.000000Z",
  };
}

const whole = JSON.stringify(secretEvent(1));
const afterSecret = whole.indexOf(CANARY) + CANARY.length;
const insideSecret = whole.slice(0, afterSecret - 3);
const entry = {
  insertId: "0a1b2c3d",
  logName: "projects/example-project/logs/cloudaudit.googleapis.com%2Factivity",
  protoPayload: { serviceName: "k8s.io", request: { kind: "Secret", stringData: { k: CANARY } } },
};
const azure = (log: unknown): object => ({
  category: "kube-audit",
  resourceId: "/SUBSCRIPTIONS/0/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD",
  properties: { log },
});
const push = (data: unknown): object => ({
  message: { data, messageId: "1" },
  subscription: "projects/p/subscriptions/s",
});
const message = (text: string): object => ({ id: "31", timestamp: 1_795_309_324_000, message: text });

let deep = JSON.stringify(CANARY);
for (let i = 0; i < 1_500; i++) deep = `{"a":${deep}}`;

const manyEvents = Array.from({ length: 400 }, (_, n) => `${JSON.stringify(secretEvent(n))}\n`).join("");
const packed = gzipSync(manyEvents);
const damaged = Buffer.from(packed);
damaged.fill(0x55, packed.length >> 1, (packed.length >> 1) + 400);

const json = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");

export const BROKEN: Readonly<Record<string, string | Uint8Array>> = {
  "an event cut in its secret": insideSecret,
  "an event cut after its secret": whole.slice(0, afterSecret + 20),
  "a cut event among whole ones": `${whole}\n${insideSecret}\n${whole}\n`,
  "text that is no JSON": `password=${CANARY} ${base64(CANARY)}\n`,
  "a component's log line": `I1122 01:02:03.456789       1 x.go:1] token ${CANARY}\n`,
  "a Python dict": `{'kind': 'Secret', 'k': '${CANARY}'}\n`,
  "JSON that is a string": json(CANARY, [CANARY], 7),
  "JSON that is no event": json({ kind: "Secret", stringData: { k: CANARY } }),
  "a key that is the secret": json({ [CANARY]: { [CANARY]: 1 } }),
  "an EventList whose items are none": json({ kind: "EventList", items: { secret: CANARY } }),
  "an EventList of other things": json({ kind: "EventList", items: [CANARY, { k: CANARY }, null] }),
  "an array that is not closed": `[${whole},\n${whole}`,
  "nesting that is too deep": `${deep}\n`,
  "NUL bytes": Buffer.concat([Buffer.alloc(50), Buffer.from(`${CANARY}\n`)]),
  "bytes that are not UTF-8": Buffer.concat([
    Buffer.from(`{"k":"${CANARY}`),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}\n'),
  ]),
  "a lone surrogate in a cut event": `${insideSecret}\\ud800`,
  "gzip that is cut": packed.subarray(0, packed.length - 30),
  "gzip that is damaged": damaged,
  "gzip of nothing but a secret": gzipSync(CANARY),
  "a magic number and no gzip": Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from(CANARY)]),
  "CloudWatch data that is not base64": json({ awslogs: { data: `!${CANARY}!` } }),
  "CloudWatch data that is not gzip": json({ awslogs: { data: base64(CANARY) } }),
  "CloudWatch data whose gzip is cut": json({
    awslogs: { data: gzipSync(`{"k":"${CANARY}"`).subarray(0, -8).toString("base64") },
  }),
  "CloudWatch data that is not JSON": json({ awslogs: { data: gzipSync(`x ${CANARY}`).toString("base64") } }),
  "CloudWatch data of another type": json({ awslogs: { data: { k: CANARY } } }, { awslogs: CANARY }),
  "a cut CloudWatch message": json(payload(document([message(`${insideSecret}[Truncated...]`)]))),
  "CloudWatch messages that are no events": json(
    payload(document([message(CANARY), message(`{"k":"${CANARY}"}`), { id: 1, message: { k: CANARY } }])),
  ),
  "Pub/Sub data that is not base64": json(push(`!${CANARY}!`), push({ k: CANARY })),
  "Pub/Sub data that is not JSON": json(push(base64(CANARY)), push(base64(`{"protoPayload":{"k":"${CANARY}`))),
  "a Cloud Logging entry of the wrong types": json(
    { ...entry, protoPayload: CANARY },
    { ...entry, protoPayload: [CANARY] },
  ),
  "a Cloud Logging entry": json(entry),
  "an Azure record that is cut": json({ records: [azure(insideSecret)] }),
  "Azure records of the wrong types": json({ records: [azure(7), azure([CANARY]), CANARY, { category: CANARY }] }),
  "a Log Analytics row that is cut": json({
    TimeGenerated: "2026-11-22T10:00:00Z",
    Category: "kube-audit",
    log_s: insideSecret,
  }),
  "a forwarder's record around a cut event": json({ log: insideSecret }, { message: `${insideSecret}` }),
  "a forwarder's record around nothing": json({ log: CANARY, stream: "stdout" }),
};
