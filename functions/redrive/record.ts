import { isObject, parseJson } from "../../shared/json.ts";

/** A failed invocation, as Lambda's on-failure destination wrote it. */
export interface FailedInvocation {
  /** The event that the function was invoked with. */
  readonly payload: unknown;
  /** Of the first try: the payload gets the same ids again. */
  readonly requestId: string;
  /** From the function's ARN; absent when there is none in the record. */
  readonly region?: string;
}

/**
 * Reads one record. Asynchronous invocations have the event in `requestPayload`; event source mappings have it in
 * `payload`, as JSON text or as an object, and leave it out when the destination was not S3.
 * Sources: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations" and "Capturing discarded
 * batches for Amazon MSK and self-managed Apache Kafka event sources".
 *
 * @returns undefined when there is no such record in the bytes, or no event in it.
 */
export function readFailedInvocation(bytes: Uint8Array): FailedInvocation | undefined {
  const record = parsed(Buffer.from(bytes).toString("utf8"));
  if (!isObject(record)) return undefined;
  const given = record["requestPayload"] ?? record["payload"];
  const payload = typeof given === "string" ? parsed(given) : given;
  if (!isObject(payload)) return undefined;
  const context = isObject(record["requestContext"]) ? record["requestContext"] : {};
  const { requestId, functionArn } = context;
  const region = typeof functionArn === "string" ? REGION.exec(functionArn)?.[1] : undefined;
  return {
    payload,
    requestId: typeof requestId === "string" ? requestId : "unknown",
    ...(region === undefined ? {} : { region }),
  };
}

const REGION = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):/;

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
