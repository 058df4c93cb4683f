import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Checks the Signature Version 4 of a request as a server does (Amazon S3 API reference, "Authenticating Requests:
 * Using the Authorization Header"). @returns what is wrong, or undefined.
 */
export function signatureFault(
  request: IncomingMessage,
  body: Uint8Array,
  accessKeyId: string,
  secret: string,
): string | undefined {
  const header = request.headers.authorization ?? "";
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/[^/]+\/s3\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (match === null) return "no Authorization header of Signature Version 4";
  const [, id, scope, signedHeaders, signature] = match as unknown as [string, string, string, string, string];
  if (id !== accessKeyId) return "unknown access key";
  if (header !== "" && request.headers["x-amz-content-sha256"] !== sha256(body))
    return "x-amz-content-sha256 is not of the body";
  const url = new URL(request.url ?? "/", "http://host");
  const query = [...url.searchParams].map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  const headers = signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [
    request.method,
    (request.url ?? "").split("?")[0],
    query.join("&"),
    headers.join(""),
    signedHeaders,
    sha256(body),
  ];
  const text = ["AWS4-HMAC-SHA256", String(request.headers["x-amz-date"]), scope, sha256(canonical.join("\n"))].join(
    "\n",
  );
  let key: Buffer | string = `AWS4${secret}`;
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return createHmac("sha256", key).update(text).digest("hex") === signature
    ? undefined
    : "the signature does not match";
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
