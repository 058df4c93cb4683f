import type { JsonObject, JsonValue, NativeEvent } from "../../shared/event.ts";
import type { Actor } from "./actor.ts";
import { microTime } from "./clock.ts";
import type { Level } from "./policy.ts";

/** What a request is about; `group` is "" for the core group. Absent from requests for plain paths. */
export interface Target {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** From the request's object: updates carry them, reads do not. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface Request {
  readonly actor: Actor;
  readonly verb: string;
  readonly target?: Target;
  /** Path of a request without target. */
  readonly path?: string;
  /** Query, without the question mark, already percent-encoded. */
  readonly query?: string;
  /** Time of receipt, and how long the answer took, in microseconds. */
  readonly at: number;
  readonly took: number;
  readonly code: number;
  readonly failure?: Failure;
  /** Bodies are made only when the level asks for them. */
  readonly body?: () => JsonValue;
  readonly reply?: () => JsonValue;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Decision of the authorizer; "none" when the request never got that far (401). */
  readonly decision?: "allow" | "forbid" | "none";
  readonly impersonated?: JsonObject;
  /** `open`: ResponseStarted when the answer begins and ResponseComplete when it ends. `rejected`: ResponseStarted only. */
  readonly stages?: "open" | "rejected";
}

export interface Failure {
  readonly reason?: string;
  readonly message: string;
  readonly details?: JsonObject;
}

/** The name is left out on creation: the API server learns it from the body, after it has made the reference. */
function objectRef(target: Target, verb: string): JsonObject {
  const reference: JsonObject = { resource: target.resource };
  if (target.namespace !== undefined) reference["namespace"] = target.namespace;
  if (target.name !== undefined && !(verb === "create" && target.subresource === undefined))
    reference["name"] = target.name;
  if (target.uid !== undefined) reference["uid"] = target.uid;
  if (target.group !== "") reference["apiGroup"] = target.group;
  reference["apiVersion"] = target.version;
  if (target.resourceVersion !== undefined) reference["resourceVersion"] = target.resourceVersion;
  if (target.subresource !== undefined) reference["subresource"] = target.subresource;
  return reference;
}

/** The request's path, as the API server routes it. */
export function pathOf(target: Target, verb: string): string {
  let path = target.group === "" ? `/api/${target.version}` : `/apis/${target.group}/${target.version}`;
  if (target.namespace !== undefined && target.resource !== "namespaces") path += `/namespaces/${target.namespace}`;
  path += `/${target.resource}`;
  if (target.name !== undefined && !(verb === "create" && target.subresource === undefined)) path += `/${target.name}`;
  return target.subresource === undefined ? path : `${path}/${target.subresource}`;
}

interface Stage {
  readonly name: "RequestReceived" | "ResponseStarted" | "ResponseComplete";
  readonly at: number;
}

/** The stages that a request is logged at, in time order. */
export function stagesOf(request: Request, withReceived: boolean): Stage[] {
  const stages: Stage[] = [];
  const end = request.at + request.took;
  if (withReceived) stages.push({ name: "RequestReceived", at: request.at });
  if (request.stages === "rejected") stages.push({ name: "ResponseStarted", at: end });
  else {
    if (request.stages === "open")
      stages.push({ name: "ResponseStarted", at: request.at + Math.min(request.took, 4_200) });
    stages.push({ name: "ResponseComplete", at: end });
  }
  return stages;
}

/** One native event, keys in the order of the API server's serialisation. */
export function eventOf(request: Request, stage: Stage, level: Level, auditID: string): NativeEvent {
  const { actor, target } = request;
  const path = target === undefined ? (request.path ?? "/") : pathOf(target, request.verb);
  const event: NativeEvent = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level,
    auditID,
    stage: stage.name,
    requestURI: request.query === undefined ? path : `${path}?${request.query}`,
    verb: request.verb,
    user: actor.user,
  };
  const received = stage.name === "RequestReceived";
  if (request.impersonated !== undefined && !received) event["impersonatedUser"] = request.impersonated;
  event["sourceIPs"] = actor.ips;
  event["userAgent"] = actor.agent;
  if (target !== undefined) event["objectRef"] = objectRef(target, request.verb);
  if (!received) {
    event["responseStatus"] = statusOf(request);
    const ended = stage.name === "ResponseComplete";
    if (ended && level !== "Metadata" && request.body !== undefined) event["requestObject"] = request.body();
    if (ended && level === "RequestResponse") {
      if (request.failure !== undefined) event["responseObject"] = statusBody(request.failure, request.code);
      else if (request.reply !== undefined) event["responseObject"] = request.reply();
    }
  }
  event["requestReceivedTimestamp"] = microTime(request.at);
  event["stageTimestamp"] = microTime(stage.at);
  if (!received && request.decision !== "none") event["annotations"] = annotationsOf(request, level);
  return event;
}

function statusOf(request: Request): JsonObject {
  const { failure, code } = request;
  if (failure === undefined) return { metadata: {}, code };
  // Failed authentication never reaches the code that fills in status and reason.
  if (request.stages === "rejected") return { metadata: {}, message: failure.message, code };
  const status: JsonObject = { metadata: {}, status: "Failure", message: failure.message };
  if (failure.reason !== undefined) status["reason"] = failure.reason;
  if (failure.details !== undefined) status["details"] = failure.details;
  status["code"] = code;
  return status;
}

function statusBody(failure: Failure, code: number): JsonObject {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: failure.message,
    ...(failure.reason === undefined ? {} : { reason: failure.reason }),
    ...(failure.details === undefined ? {} : { details: failure.details }),
    code,
  };
}

/** Sorted by key, as Go writes maps. Webhook patches are there from level Request on. */
function annotationsOf(request: Request, level: Level): JsonObject {
  const annotations: JsonObject = {
    "authorization.k8s.io/decision": request.decision ?? "allow",
    "authorization.k8s.io/reason": request.decision === "forbid" ? "" : request.actor.reason,
  };
  if (request.annotations === undefined) return annotations;
  const all: JsonObject = { ...annotations, ...request.annotations };
  const keys = Object.keys(all).filter((key) => level !== "Metadata" || !key.startsWith("patch."));
  return Object.fromEntries(keys.sort().map((key) => [key, all[key] as JsonValue]));
}
