/**
 * What Lambda hands to a function behind a function URL; only what is read here.
 * Source: AWS Lambda developer guide, "Invoking Lambda function URLs", payload format version 2.0. Header names are in
 * lower case.
 */
export interface FunctionUrlEvent {
  readonly rawPath?: string;
  readonly requestContext?: { readonly http?: { readonly method?: string } };
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

export interface FunctionUrlResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The body's bytes; empty when there is none. */
export function bodyBytes({ body, isBase64Encoded }: FunctionUrlEvent): Buffer {
  return Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8");
}

/** An upper bound of the body's size in bytes, told without decoding it. */
export function bodySize({ body, isBase64Encoded }: FunctionUrlEvent): number {
  const text = body ?? "";
  return isBase64Encoded === true ? Math.ceil(text.length / 4) * 3 : Buffer.byteLength(text, "utf8");
}

export function methodOf(event: FunctionUrlEvent): string {
  return event.requestContext?.http?.method ?? "";
}

export function answer(statusCode: number, body?: object): FunctionUrlResult {
  if (body === undefined) return { statusCode };
  return {
    statusCode,
    headers: { "content-type": "application/json", ...EXTRA[statusCode] },
    body: `${JSON.stringify(body)}\n`,
  };
}

const EXTRA: Readonly<Record<number, Record<string, string>>> = {
  401: { "www-authenticate": "Bearer" },
  405: { allow: "POST" },
  503: { "retry-after": "5" },
};
