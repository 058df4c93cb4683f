import type { NativeEvent, Split } from "../../shared/event.ts";
import { annotationsOf } from "./annotations.ts";
import { DECISION, decisionOf, grantOf } from "./authorization.ts";
import { integerOf, isTrue, type LogEntry, objectOf, textOf, timeOf } from "./entry.ts";
import { parseMethod } from "./method-name.ts";
import { outcomeOf } from "./status.ts";
import { aimOf } from "./target.ts";

/** An `audit.k8s.io/v1` event rebuilt from a LogEntry. */
export interface Conversion {
  readonly event: NativeEvent;
  /** Dotted paths of the fields that are not in the record and were derived with a loss, or assumed. */
  readonly inferred: string[];
  /** Set when Cloud Logging divided the entry and this is one part of it. */
  readonly split?: Split;
}

/**
 * Rebuilds the audit event that Google made the entry of. Pure: the entry is left as it is, but the bodies in the event
 * share their inner values with it. Field by field, with the evidence: README.md.
 *
 * @param entry a LogEntry of service k8s.io, of either generation (2018: no labels, no user agent, operation without
 * first and last); any field may be missing or of another type
 */
export function convert(entry: LogEntry): Conversion {
  const payload = objectOf(entry["protoPayload"]) ?? {};
  const operation = objectOf(entry["operation"]);
  const method = parseMethod(textOf(payload["methodName"]));
  const request = bodyOf(payload["request"]);
  const response = bodyOf(payload["response"]);
  const aim = aimOf(method, textOf(payload["resourceName"]), payload["authorizationInfo"], payload as Bodies);

  // Google's conversion drops both; what bodies there are give the lowest level that it can have been.
  const inferred: string[] = ["level"];
  const event: NativeEvent = { kind: "Event", apiVersion: "audit.k8s.io/v1", level: levelOf(request, response) };
  const auditID = operation?.["producer"] === "k8s.io" ? textOf(operation["id"]) : undefined;
  const insertId = auditID === undefined ? textOf(entry["insertId"]) : undefined;
  if (insertId !== undefined) inferred.push("auditID");
  set(event, "auditID", auditID ?? insertId);
  event["stage"] = stageOf(operation);
  inferred.push("stage");
  set(event, "requestURI", aim.requestURI);
  set(event, "verb", method?.verb);
  if (method?.path !== undefined) inferred.push("verb");
  addCaller(event, payload, inferred);
  inferred.push(...aim.inferred);
  set(event, "objectRef", aim.objectRef);
  const split = splitOf(entry["split"]);
  addOutcome(event, entry, payload, aim.subresource, split, inferred);
  set(event, "requestObject", request);
  set(event, "responseObject", response);
  addTimes(event, entry["timestamp"] ?? payload["timestamp"], inferred);
  return split === undefined ? { event, inferred } : { event, inferred, split };
}

/** The entry's `split` (LogSplit): the index of the first part is 0 and so left out by proto3 JSON. */
export function splitOf(value: unknown): Split | undefined {
  const split = objectOf(value);
  const uid = textOf(split?.["uid"]);
  if (split === undefined || uid === undefined) return undefined;
  const index = integerOf(split["index"] ?? 0) ?? 0;
  return { uid, index, total: integerOf(split["totalSplits"]) ?? index + 1 };
}

// --- Internal helpers ---

type Payload = Record<string, unknown>;
type Bodies = { request: unknown; response: unknown };

function set(event: NativeEvent, key: string, value: unknown): void {
  if (value !== undefined) event[key] = value as NativeEvent[string];
}

/** A body without the `@type` that Google added; undefined when there is none. */
function bodyOf(value: unknown): unknown {
  const body = objectOf(value);
  if (body === undefined) return value === null ? undefined : value;
  if (!("@type" in body)) return body;
  const { "@type": _type, ...rest } = body;
  return rest;
}

function levelOf(request: unknown, response: unknown): string {
  if (response !== undefined) return "RequestResponse";
  return request === undefined ? "Metadata" : "Request";
}

/**
 * The first of the two entries of a long-running request (proxy, watch, exec) is marked `first` only: it was written
 * when the response began. An entry that is both, or is marked as neither (2018), stands for the whole request.
 */
function stageOf(operation: Payload | undefined): string {
  return isTrue(operation?.["first"]) && !isTrue(operation?.["last"]) ? "ResponseStarted" : "ResponseComplete";
}

function addCaller(event: NativeEvent, payload: Payload, inferred: string[]): void {
  const caller = objectOf(payload["authenticationInfo"]);
  const email = textOf(caller?.["principalEmail"]);
  const username = email ?? textOf(caller?.["principalSubject"]);
  if (username !== undefined) {
    event["user"] = { username };
    if (email === undefined) inferred.push("user.username");
  }
  const impersonated = textOf(caller?.["authoritySelector"]);
  if (impersonated !== undefined) {
    event["impersonatedUser"] = { username: impersonated };
    inferred.push("impersonatedUser.username");
  }
  const metadata = objectOf(payload["requestMetadata"]);
  // It need not be an address: Google writes `private` or `gce-internal-ip` for some callers. Panther spells it callerIP.
  const callerIp = textOf(metadata?.["callerIp"]) ?? textOf(metadata?.["callerIP"]);
  if (callerIp !== undefined) event["sourceIPs"] = [callerIp];
  set(event, "userAgent", textOf(metadata?.["callerSuppliedUserAgent"]));
}

/** responseStatus and the annotations, which hold the decision. */
function addOutcome(
  event: NativeEvent,
  entry: LogEntry,
  payload: Payload,
  subresource: string | undefined,
  split: Split | undefined,
  inferred: string[],
): void {
  const status = payload["status"];
  const grant = grantOf(payload["authorizationInfo"]);
  const annotations = annotationsOf(entry["labels"]);
  const labelled = annotations?.[DECISION];
  // Parts of one entry share its status; a later part without one says nothing of success.
  const laterPart = split !== undefined && split.index > 0 && !objectOf(status);
  const doubtful = laterPart || grant === "refused" || labelled === "forbid";
  const verb = event["verb"] as string | undefined;
  const outcome = outcomeOf(status, payload["response"], { verb, subresource, doubtful });
  inferred.push(...outcome.inferred);
  set(event, "responseStatus", outcome.responseStatus);
  const grpc = integerOf(objectOf(status)?.["code"]);
  const decision = labelled === undefined ? decisionOf(grant, grpc, outcome.responseStatus) : undefined;
  if (decision === undefined) set(event, "annotations", annotations);
  else {
    event["annotations"] = { ...annotations, [DECISION]: decision };
    inferred.push(`annotations.${DECISION}`);
  }
}

/** The entry has one time; which of the API server's two it is, is not known. `receiveTimestamp` is neither. */
function addTimes(event: NativeEvent, timestamp: unknown, inferred: string[]): void {
  const time = timeOf(timestamp);
  if (time === undefined) return;
  event["requestReceivedTimestamp"] = time;
  event["stageTimestamp"] = time;
  inferred.push("requestReceivedTimestamp", "stageTimestamp");
}
