import { describe, expect, it } from "vitest";
import { entryOfRow } from "../../../functions/gke/bigquery.ts";
import { unwrapData } from "../../../functions/gke/pubsub.ts";

const encode = (text: string | Uint8Array): string => Buffer.from(text as string).toString("base64");

describe("unwrapData", () => {
  it.each([
    ["base64", encode('{"a":1}')],
    ["base64 for URLs without padding", Buffer.from('{"a":1}').toString("base64url")],
    ["a BOM inside", encode('\uFEFF{"a":1}')],
    ["text that was decoded already", '{"a":1}'],
  ])("reads %s", (_name, data) => {
    expect(unwrapData(data)).toEqual({ value: { a: 1 } });
  });

  it.each([
    ["bad-base64", "***"],
    ["bad-base64", "*** {} ***"],
    ["bad-base64", `${encode("hello")}*`],
    ["not-json", encode("hello")],
    ["not-json", encode('{"a":')],
    ["invalid-utf8", encode(Uint8Array.of(0xff, 0xfe, 0x7b))],
  ])("rejects with %s", (reason, data) => {
    expect(unwrapData(data)).toMatchObject({ kind: "reject", reason });
  });

  it("hands the bytes to quarantine, not a reading of them", () => {
    expect(unwrapData(encode(Uint8Array.of(0xff, 0xfe)))).toMatchObject({ raw: Buffer.of(0xff, 0xfe) });
  });

  it("quotes nothing in its hint", () => {
    const secret = "c2VjcmV0LXZhbHVl";
    expect(JSON.stringify({ ...unwrapData(secret), raw: undefined })).not.toContain("secret");
  });
});

describe("entryOfRow", () => {
  it("puts the bodies back and keeps what is no JSON as text", () => {
    const row = {
      insertId: "i",
      protopayload_auditlog: { methodName: "m", requestJson: '{"a":1}', responseJson: '{"b":' },
    };
    expect(entryOfRow(row)).toMatchObject({
      insertId: "i",
      protoPayload: { methodName: "m", request: { a: 1 }, response: '{"b":' },
    });
    const bare = entryOfRow({ protopayload_auditlog: { requestJson: "", responseJson: null } });
    expect(bare["protoPayload"]).toEqual({ request: undefined, response: undefined });
  });
});
