/** What Google makes of an audit event: the inverse of the mapping in docs/event.md. */
import type { JsonObject, JsonValue, NativeEvent } from "../../../shared/event.ts";
import type { Random } from "../random.ts";

export interface GkePlace {
  readonly project: string;
  readonly location: string;
  readonly cluster: string;
}

/** google.rpc.Code by HTTP status, as seen in GKE's entries: a 409 is ABORTED whatever its reason. */
const RPC_CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 404: 5, 409: 10, 422: 3, 429: 8 };
const READS = new Set(["get", "list", "watch"]);
/** Reviews create nothing: Google counts them as reads of administrative data. */
const REVIEWS = new Set([
  "tokenreviews",
  "subjectaccessreviews",
  "selfsubjectrulesreviews",
  "selfsubjectaccessreviews",
]);
const LONGEST_DELAY_MS = 30_000;
const SHORTEST_DELAY_MS = 800;

/** GKE exports one entry a request: when it is answered, or when authentication failed. */
export function isExported(event: NativeEvent): boolean {
  return event["stage"] === "ResponseComplete" || (event["stage"] === "ResponseStarted" && codeOf(event) === 401);
}

export function isRead(event: NativeEvent): boolean {
  const resource = (event["objectRef"] as JsonObject | undefined)?.["resource"];
  return READS.has(String(event["verb"])) || (typeof resource === "string" && REVIEWS.has(resource));
}

/** The entry of today's GKE (1.28 and later). */
export function gkeEntry(event: NativeEvent, place: GkePlace, random: Random): JsonObject {
  const method = methodName(event);
  const resource = resourceName(event);
  const auditID = String(event["auditID"]);
  const annotations = event["annotations"] as JsonObject | undefined;
  const received = String(event["requestReceivedTimestamp"]);
  return {
    insertId: auditID,
    ...(annotations === undefined ? {} : { labels: annotations }),
    logName: `projects/${place.project}/logs/cloudaudit.googleapis.com%2F${isRead(event) ? "data_access" : "activity"}`,
    operation: { first: true, id: auditID, last: true, producer: "k8s.io" },
    protoPayload: {
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      authenticationInfo: authenticationInfo(event),
      ...(annotations === undefined ? {} : { authorizationInfo: [authorizationInfo(event, method, resource)] }),
      methodName: method,
      ...body("request", event["requestObject"], event),
      requestMetadata: {
        callerIp: (event["sourceIPs"] as JsonValue[])[0] ?? "",
        callerSuppliedUserAgent: event["userAgent"] ?? "",
      },
      resourceName: resource,
      ...body("response", event["responseObject"], event),
      serviceName: "k8s.io",
      status: status(event),
    },
    receiveTimestamp: receiveTimestamp(received, random),
    resource: {
      labels: { cluster_name: place.cluster, location: place.location, project_id: place.project },
      type: "k8s_cluster",
    },
    timestamp: received,
  };
}

/** The entry of 2018: another insertId, no bodies, no user agent, no decision. */
export function oldGkeEntry(event: NativeEvent, place: GkePlace, random: Random): JsonObject {
  const entry = gkeEntry(event, place, random);
  const payload = entry["protoPayload"] as JsonObject;
  const { request: _request, response: _response, requestMetadata: _metadata, status: _status, ...kept } = payload;
  const operation = { id: String(event["auditID"]), producer: "k8s.io" };
  const requestMetadata = { callerIp: (event["sourceIPs"] as JsonValue[])[0] ?? "" };
  const protoPayload = { ...kept, requestMetadata, status: {} };
  return {
    ...entry,
    insertId: random.suffix(14),
    labels: { cluster_version: "1.8.8-gke.0" },
    operation,
    protoPayload,
    severity: "INFO",
  };
}

/** `io.k8s.core.v1.pods.exec.create`: the group's name reversed, and the verb last. */
export function methodName(event: NativeEvent): string {
  const reference = event["objectRef"] as JsonObject | undefined;
  const verb = String(event["verb"]);
  if (reference === undefined) return `io.k8s.${verb}`;
  const group = String(reference["apiGroup"] ?? "core");
  const reversed = group.includes(".") ? group.split(".").reverse().join(".") : `io.k8s.${group}`;
  const subresource = reference["subresource"] === undefined ? "" : `.${String(reference["subresource"])}`;
  return `${reversed}.${String(reference["apiVersion"])}.${String(reference["resource"])}${subresource}.${verb}`;
}

/** `core/v1/namespaces/NS/pods/NAME/exec`, or the path without its first slash. */
export function resourceName(event: NativeEvent): string {
  const reference = event["objectRef"] as JsonObject | undefined;
  if (reference === undefined) return String(event["requestURI"]).split("?")[0]?.slice(1) ?? "";
  const resource = String(reference["resource"]);
  const parts = [String(reference["apiGroup"] ?? "core"), String(reference["apiVersion"])];
  if (reference["namespace"] !== undefined && resource !== "namespaces")
    parts.push("namespaces", String(reference["namespace"]));
  parts.push(resource);
  // On creation the name is known from the answer only, or from the request.
  const name = reference["name"] ?? nameIn(event["responseObject"]) ?? nameIn(event["requestObject"]);
  if (name !== undefined) parts.push(String(name));
  if (reference["subresource"] !== undefined) parts.push(String(reference["subresource"]));
  return parts.join("/");
}

function nameIn(object: JsonValue | undefined): JsonValue | undefined {
  if (typeof object !== "object" || object === null || Array.isArray(object)) return undefined;
  const metadata = object["metadata"];
  return typeof metadata === "object" && metadata !== null && !Array.isArray(metadata) ? metadata["name"] : undefined;
}

function authenticationInfo(event: NativeEvent): JsonObject {
  const username = (event["user"] as JsonObject)["username"];
  const impersonated = (event["impersonatedUser"] as JsonObject | undefined)?.["username"];
  return {
    ...(impersonated === undefined ? {} : { authoritySelector: impersonated }),
    ...(username === undefined ? {} : { principalEmail: username }),
  };
}

/** Granted is left out when false, as protobuf does; so it is when admission refuses what RBAC allowed. */
function authorizationInfo(event: NativeEvent, permission: string, resource: string): JsonObject {
  return codeOf(event) === 403 ? { permission, resource } : { granted: true, permission, resource };
}

function body(key: "request" | "response", object: JsonValue | undefined, event: NativeEvent): JsonObject {
  if (object === undefined) return {};
  const patch = key === "request" && event["verb"] === "patch";
  // A Struct has members, so a JSON Patch, which is a list, needs one to be in.
  if (typeof object !== "object" || object === null || Array.isArray(object))
    return { [key]: { "@type": "k8s.io/Patch", value: object } };
  return { [key]: { "@type": patch ? "k8s.io/Patch" : typeOf(object), ...object } };
}

/** `core.k8s.io/v1.Pod`, `apps.k8s.io/v1.Deployment`: groups without a dot get `.k8s.io`. */
function typeOf(object: JsonObject): string {
  const [group, version] = String(object["apiVersion"] ?? "v1").includes("/")
    ? String(object["apiVersion"]).split("/")
    : ["core", String(object["apiVersion"] ?? "v1")];
  return `${group?.includes(".") ? group : `${group}.k8s.io`}/${version}.${String(object["kind"] ?? "Unknown")}`;
}

function status(event: NativeEvent): JsonObject {
  const code = codeOf(event);
  if (code < 400) return { code: 0 };
  const message = (event["responseStatus"] as JsonObject)["message"];
  return { code: RPC_CODES[code] ?? (code >= 500 ? 13 : 2), ...(message === undefined ? {} : { message }) };
}

function codeOf(event: NativeEvent): number {
  return Number((event["responseStatus"] as JsonObject | undefined)?.["code"] ?? 0);
}

function receiveTimestamp(received: string, random: Random): string {
  const delay =
    SHORTEST_DELAY_MS + Math.min(LONGEST_DELAY_MS - SHORTEST_DELAY_MS, Math.floor(random.exponential(1_500)));
  return `${new Date(Date.parse(received) + delay).toISOString().slice(0, 23)}${random.digits(6)}Z`;
}

/**
 * Cloud Logging divides audit entries that are too long: everything is copied to each part, but request and response
 * are divided. Here: the request first, then the response, a list by its items.
 */
export function splitEntry(entry: JsonObject, limit: number, length: number): JsonObject[] {
  if (length <= limit) return [entry];
  const payload = entry["protoPayload"] as JsonObject;
  const { request, response, ...rest } = payload;
  const shares: JsonObject[] = [];
  if (request !== undefined) shares.push({ request });
  if (response !== undefined)
    shares.push(...divided(response as JsonObject, Math.ceil(length / limit)).map((part) => ({ response: part })));
  if (shares.length < 2) return [entry];
  return shares.map((share, index) => ({
    ...entry,
    insertId: `${String(entry["insertId"])}-${index}`,
    protoPayload: { ...rest, ...share },
    split: { uid: String(entry["insertId"]), index, totalSplits: shares.length },
  }));
}

function divided(response: JsonObject, parts: number): JsonObject[] {
  const items = response["items"];
  if (!Array.isArray(items) || items.length < parts) return [response];
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => ({
    ...response,
    items: items.slice(index * size, (index + 1) * size),
  }));
}
