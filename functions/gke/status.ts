import { integerOf, objectOf, textOf } from "./entry.ts";

/** A reading of one gRPC code that its message settles. */
interface Reading {
  /** Text that the API server's own error constructor puts into the message. */
  readonly says: string;
  readonly http?: number;
  readonly reason: string;
}

/** How one google.rpc.Code is read. */
export interface GrpcRow {
  readonly code: number;
  readonly name: string;
  /** Absent: several HTTP codes become this one, and none is taken without a witness in the message. */
  readonly http?: number;
  readonly reason?: string;
  readonly readings?: readonly Reading[];
  /**
   * `witnessed`: seen beside the HTTP code of a response body, or with the API server's message for it. `canonical`:
   * what Google's code.proto and its HTTP mapping say, not seen on a k8s.io entry. `ambiguous`: they disagree or allow many.
   */
  readonly evidence: "witnessed" | "canonical" | "ambiguous";
  readonly source: string;
}

/**
 * HTTP codes that Google turns into gRPC codes, read backwards. Every witness so far agrees with the mapping that
 * google/quiche publishes (quiche/blind_sign_auth/blind_sign_message_response.cc, "http-canonical-mapping"): 409 becomes
 * ABORTED and never ALREADY_EXISTS, all 4xx without a code of their own become FAILED_PRECONDITION, 3xx become UNKNOWN.
 */
// biome-ignore format: one row a line
export const GRPC_TABLE: readonly GrpcRow[] = [
  { code: 1, name: "CANCELLED", http: 499, evidence: "canonical", source: "both mappings" },
  { code: 2, name: "UNKNOWN", evidence: "ambiguous", source: "3xx and codes out of range: a 304 of /openapi is no failure" },
  { code: 3, name: "INVALID_ARGUMENT", http: 400, evidence: "witnessed", source: "image policy denial, reason VIOLATES_POLICY, body code 400 (public record, not in the corpus)" },
  { code: 4, name: "DEADLINE_EXCEEDED", http: 504, reason: "Timeout", evidence: "canonical", source: "both mappings" },
  { code: 5, name: "NOT_FOUND", http: 404, reason: "NotFound", evidence: "canonical", source: "both mappings" },
  { code: 6, name: "ALREADY_EXISTS", http: 409, reason: "AlreadyExists", evidence: "canonical", source: "code.proto; Google writes 10 for it" },
  { code: 7, name: "PERMISSION_DENIED", http: 403, reason: "Forbidden", evidence: "witnessed", source: "RBAC denial, body code 403 (public record, not in the corpus); quota denial (gke-labs/kube-agents human_denied.json)" },
  { code: 8, name: "RESOURCE_EXHAUSTED", http: 429, reason: "TooManyRequests", evidence: "canonical", source: "both mappings" },
  { code: 9, name: "FAILED_PRECONDITION", readings: [{ says: " is invalid: ", http: 422, reason: "Invalid" }], evidence: "ambiguous", source: "405, 410, 412, 413, 415, 422 ...: told apart by NewInvalid's message only" },
  { code: 10, name: "ABORTED", http: 409, readings: [{ says: " already exists", reason: "AlreadyExists" }, { says: "Operation cannot be fulfilled on ", reason: "Conflict" }], evidence: "witnessed", source: "body code 409 (panther-analysis gcp_k8s_privileged_pod_created); NewAlreadyExists' message (gke-labs/kube-agents failed_aborted.json)" },
  { code: 11, name: "OUT_OF_RANGE", evidence: "ambiguous", source: "code.proto says 400, the HTTP mapping 416" },
  { code: 12, name: "UNIMPLEMENTED", http: 501, evidence: "canonical", source: "both mappings" },
  { code: 13, name: "INTERNAL", http: 500, reason: "InternalError", evidence: "canonical", source: "both mappings; 502 becomes 13 too" },
  { code: 14, name: "UNAVAILABLE", http: 503, reason: "ServiceUnavailable", evidence: "canonical", source: "both mappings" },
  { code: 15, name: "DATA_LOSS", http: 500, evidence: "canonical", source: "code.proto only" },
  { code: 16, name: "UNAUTHENTICATED", http: 401, reason: "Unauthorized", evidence: "witnessed", source: "body code 401 (gke-labs/kube-agents unauthenticated_bot.json)" },
];

const ROWS = new Map(GRPC_TABLE.map((row) => [row.code, row]));

/** Subresources that switch protocols: a request for them succeeds with 101. */
const SWITCHING = new Set(["exec", "attach", "portforward"]);

export interface Outcome {
  /** The event's responseStatus; absent when nothing is known of it. */
  readonly responseStatus?: Record<string, unknown>;
  /** Dotted paths, in it, of what was assumed. */
  readonly inferred: readonly string[];
}

/** What the success code depends on. */
export interface Request {
  readonly verb: string | undefined;
  readonly subresource: string | undefined;
  /** True when something in the entry speaks against success: then a missing status is not taken for one. */
  readonly doubtful: boolean;
}

/**
 * The responseStatus of an entry: the Status body where there is one, else read from the gRPC status by
 * {@link GRPC_TABLE}, else the code with which such a request succeeds. What is not in the record is listed.
 *
 * @param status protoPayload.status: missing, `{}` and code 0 all mean success (proto3 leaves zeros out)
 * @param response protoPayload.response
 */
export function outcomeOf(status: unknown, response: unknown, request: Request): Outcome {
  const rpc = objectOf(status) ?? {};
  const grpc = integerOf(rpc["code"]);
  const message = textOf(rpc["message"]);
  const body = statusBody(response);
  if (body?.["code"] !== undefined) {
    if (message !== undefined) body["message"] ??= message;
    return { responseStatus: body, inferred: [] };
  }
  if (grpc !== undefined && grpc !== 0) return failure(grpc, message, body);
  if (body?.["status"] === "Failure" || (grpc === undefined && request.doubtful)) return known(body, message);
  const code = successCode(request);
  if (code === undefined) return known(body, message);
  if (body === undefined && message === undefined) return { responseStatus: { code }, inferred: CODE };
  return { responseStatus: present({ ...body, message: body?.["message"] ?? message, code }), inferred: CODE };
}

/**
 * True for the body of a failed request, or of a successful one that returns no object: `core.k8s.io/v1.Status`. The
 * kind will do where a tool has dropped the `@type`.
 */
export function isStatus(response: unknown): response is Record<string, unknown> {
  const body = objectOf(response);
  if (body === undefined) return false;
  const type = body["@type"] ?? body["at_sign_type"];
  return typeof type === "string" ? type.endsWith(".Status") : body["kind"] === "Status";
}

// --- Internal helpers ---

/** The fields of metav1.Status as an audit event has them: no kind and apiVersion, the code last. */
const STATUS_KEYS = ["metadata", "status", "message", "reason", "details"] as const;

function statusBody(response: unknown): Record<string, unknown> | undefined {
  if (!isStatus(response)) return undefined;
  const body: Record<string, unknown> = {};
  for (const key of STATUS_KEYS) {
    const value = response[key];
    if (value !== undefined && value !== null) body[key] = value;
  }
  const code = integerOf(response["code"]);
  if (code !== undefined && code >= 100 && code <= 599) body["code"] = code;
  return body;
}

function failure(grpc: number, message: string | undefined, body: Record<string, unknown> = {}): Outcome {
  const row = ROWS.get(grpc);
  const reading = row?.readings?.find(({ says }) => message?.includes(says));
  const http = reading?.http ?? row?.http;
  // Where no HTTP code is certain, Google's name of the code is what the record says.
  const reason = reading?.reason ?? row?.reason ?? (http === undefined ? row?.name : undefined);
  const inferred: string[] = [];
  const assume = (key: string, value: unknown) => {
    if (value === undefined || body[key] !== undefined) return body[key];
    inferred.push(`responseStatus.${key}`);
    return value;
  };
  const responseStatus = present({
    metadata: body["metadata"],
    // Code 2 may stand for a 304: not even that it failed is certain.
    status: assume("status", grpc === 2 ? undefined : "Failure"),
    message: body["message"] ?? message,
    reason: assume("reason", reason),
    details: body["details"],
    code: assume("code", http),
  });
  return { responseStatus, inferred };
}

function known(body: Record<string, unknown> | undefined, message: string | undefined): Outcome {
  const responseStatus = present({ message, ...body });
  return Object.keys(responseStatus).length === 0 ? NOTHING : { responseStatus, inferred: [] };
}

/** `fields` without those that are undefined. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  for (const key of Object.keys(fields)) if (fields[key] === undefined) delete fields[key];
  return fields;
}

const NOTHING: Outcome = { inferred: [] };
const CODE: readonly string[] = ["responseStatus.code"];

/** 101 for a switch of protocols, 201 for a create, 200 otherwise; a proxied request has its backend's code. */
function successCode({ verb, subresource }: Request): number | undefined {
  if (verb === undefined) return undefined;
  if (subresource !== undefined && SWITCHING.has(subresource)) return 101;
  return verb === "create" && subresource !== "proxy" ? 201 : 200;
}
