/** How audit events of AKS leave Azure: Event Hubs, a storage account, Log Analytics, and Kafka's side door. */
import type { JsonObject, JsonValue, NativeEvent } from "../../../shared/event.ts";
import { Random } from "../random.ts";
import { prefixOfBytes } from "../wire.ts";
import { type AksOptions, isCollected, Recorder, settled } from "./aks-record.ts";
import { type Delivery, Tally, totalOf } from "./delivery.ts";

/** Event Hubs takes a megabyte; Azure Monitor stays below. */
const MESSAGE_CHARACTERS = 700_000;
/** Where Log Analytics trims a text column, in bytes. */
const COLUMN_BYTES = 32_766;
const BATCH = [1, 60] as const;
/** Azure Monitor is 30 to 90 seconds behind. */
const DELIVERY_MS = 45_000;
const SERVERS = "clustertrail.servicebus.windows.net:9093";

interface Row {
  readonly record: JsonObject;
  readonly tally: (tally: Tally) => void;
  readonly characters: number;
}

function* rows(events: Iterable<NativeEvent>, options: AksOptions): Generator<Row> {
  const recorder = new Recorder(options);
  for (const event of events) {
    if (!isCollected(event, options)) continue;
    const other = recorder.other(event);
    if (other !== undefined) yield { record: other, tally: (tally) => tally.skip("other-category"), characters: 700 };
    const { record, cut } = recorder.audit(event);
    const log = (record["properties"] as JsonObject)["log"];
    yield {
      record,
      tally: (tally) => tally.event(cut),
      characters: 500 + (typeof log === "string" ? log.length : JSON.stringify(log).length),
    };
  }
}

export interface EventHubMessage {
  records: JsonObject[];
}

/** Bodies of Event Hub messages: some records each, of several categories. */
export function* eventHubMessages(
  events: Iterable<NativeEvent>,
  options: AksOptions = {},
): Generator<Delivery<EventHubMessage>> {
  const random = new Random(options.seed ?? 1).fork("event-hub");
  const tally = new Tally();
  let records: JsonObject[] = [];
  let characters = 0;
  let target = random.between(...BATCH);
  for (const row of rows(events, options)) {
    if (records.length === target || (records.length > 0 && characters + row.characters > MESSAGE_CHARACTERS)) {
      yield tally.take({ records });
      records = [];
      characters = 0;
      target = random.between(...BATCH);
    }
    records.push(row.record);
    characters += row.characters;
    row.tally(tally);
  }
  if (records.length > 0) yield tally.take({ records });
}

/** Lines of a storage account's PT1H.json, with slashes escaped as Azure does. `payload` ends in CR LF. */
export function* storageLines(events: Iterable<NativeEvent>, options: AksOptions = {}): Generator<Delivery<string>> {
  const tally = new Tally();
  for (const row of rows(events, options)) {
    row.tally(tally);
    yield tally.take(`${JSON.stringify(row.record).replaceAll("/", "\\/")}\r\n`);
  }
}

export interface KafkaEvent {
  eventSource: "SelfManagedKafka";
  bootstrapServers: string;
  records: Record<
    string,
    {
      topic: string;
      partition: number;
      offset: number;
      timestamp: number;
      timestampType: "CREATE_TIME";
      value: string;
      headers: [];
    }[]
  >;
}

/** What Lambda receives from an event source mapping on the Kafka endpoint of Event Hubs. */
export function* kafkaEvents(
  events: Iterable<NativeEvent>,
  options: AksOptions = {},
  batchSize = 10,
): Generator<Delivery<KafkaEvent>> {
  const topic = "insights-logs-kube-audit";
  let batch: Delivery<EventHubMessage>[] = [];
  let offset = 0;
  const take = (): Delivery<KafkaEvent> => {
    const records: KafkaEvent["records"] = {};
    for (const { payload } of batch) {
      const partition = offset % 2;
      const name = `${topic}-${partition}`;
      const list = records[name] ?? [];
      records[name] = list;
      list.push({
        topic,
        partition,
        offset: Math.floor(offset / 2),
        timestamp: Date.parse(`${String(payload.records[0]?.["time"]).slice(0, 19)}Z`) + DELIVERY_MS,
        timestampType: "CREATE_TIME",
        value: Buffer.from(JSON.stringify(payload), "utf8").toString("base64"),
        headers: [],
      });
      offset++;
    }
    const truth = totalOf(batch);
    batch = [];
    const payload: KafkaEvent = { eventSource: "SelfManagedKafka", bootstrapServers: SERVERS, records };
    return { ...truth, payload, duplicate: false };
  };
  for (const delivery of eventHubMessages(events, options)) {
    batch.push(delivery);
    if (batch.length === batchSize) yield take();
  }
  if (batch.length > 0) yield take();
}

/** Rows of the shared table AzureDiagnostics: the text in log_s, and the empty columns of everybody else. */
export function* azureDiagnostics(
  events: Iterable<NativeEvent>,
  options: AksOptions = {},
): Generator<Delivery<JsonObject>> {
  const tally = new Tally();
  const upperId = new Recorder(options).resourceId;
  for (const event of events) {
    if (!isCollected(event, options)) continue;
    const { text, cut } = settled(event, options);
    const log = prefixOfBytes(text, COLUMN_BYTES);
    tally.event(log.length < text.length ? "log-analytics" : cut);
    const parts = upperId.split("/");
    yield tally.take({
      TenantId: "00000000-0000-4000-8000-0000000000aa",
      TimeGenerated: String(event["stageTimestamp"]),
      ResourceId: upperId,
      Category: options.category ?? "kube-audit",
      ResourceGroup: parts[4] ?? "",
      SubscriptionId: (parts[2] ?? "").toLowerCase(),
      ResourceProvider: "MICROSOFT.CONTAINERSERVICE",
      Resource: parts[8] ?? "",
      ResourceType: "MANAGEDCLUSTERS",
      OperationName: "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
      ResultType: "",
      CorrelationId: "",
      DurationMs: null,
      CallerIPAddress: "",
      requestUri_s: "",
      Level: "",
      httpStatusCode_d: null,
      startTime_t: null,
      ccpNamespace_s: "0123456789abcdef01234567",
      log_s: log,
      stream_s: "stdout",
      pod_s: "kube-apiserver-6f7d9c8b5-x2x4z",
      SourceSystem: "Azure",
      Type: "AzureDiagnostics",
      _ResourceId: upperId.toLowerCase(),
    });
  }
}

/** Rows of AKSAudit and AKSAuditAdmin; by API the dynamic columns are objects or text. Impersonation has no column. */
export function* aksAuditRows(
  events: Iterable<NativeEvent>,
  options: AksOptions & { dynamicAs?: "object" | "text" } = {},
): Generator<Delivery<JsonObject>> {
  const tally = new Tally();
  const resourceId = new Recorder(options).resourceId.toLowerCase();
  const dynamic = (value: JsonValue | undefined): JsonValue => {
    if (value === undefined) return options.dynamicAs === "text" ? "" : null;
    return options.dynamicAs === "text" && typeof value !== "string" ? JSON.stringify(value) : value;
  };
  for (const original of events) {
    if (!isCollected(original, options)) continue;
    const { event, cut } = settled(original, options);
    tally.event(cut);
    yield tally.take({
      TenantId: "00000000-0000-4000-8000-0000000000aa",
      TimeGenerated: String(event["stageTimestamp"]),
      Level: event["level"] as JsonValue,
      AuditId: event["auditID"] as JsonValue,
      Stage: event["stage"] as JsonValue,
      RequestUri: event["requestURI"] as JsonValue,
      Verb: event["verb"] as JsonValue,
      User: dynamic(event["user"]),
      SourceIps: dynamic(event["sourceIPs"]),
      UserAgent: event["userAgent"] as JsonValue,
      ObjectRef: dynamic(event["objectRef"]),
      ResponseStatus: dynamic(event["responseStatus"]),
      RequestObject: dynamic(event["requestObject"]),
      ResponseObject: dynamic(event["responseObject"]),
      RequestReceivedTime: event["requestReceivedTimestamp"] as JsonValue,
      StageReceivedTime: event["stageTimestamp"] as JsonValue,
      Annotations: dynamic(event["annotations"]),
      PodName: "kube-apiserver-6f7d9c8b5-x2x4z",
      SourceSystem: "Azure",
      Type: options.category === "kube-audit-admin" ? "AKSAuditAdmin" : "AKSAudit",
      _ResourceId: resourceId,
    });
  }
}
