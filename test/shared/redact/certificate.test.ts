import { describe, expect, it } from "vitest";
import { redact } from "./redacted.ts";
import { secretFor } from "./secrets.ts";

/** A little of DER (X.690), enough for a subject. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const attribute = (oid: string, value: string) =>
  der(0x31, der(0x30, der(0x06, Buffer.from(oid, "hex")), der(0x0c, Buffer.from(value))));
const integer = der(0x02, Buffer.from([0]));
const empty = der(0x30);
const pem = (label: string, body: Buffer) =>
  Buffer.from(`-----BEGIN ${label}-----\n${body.toString("base64")}\n-----END ${label}-----\n`).toString("base64");

function request(...subject: Buffer[]): string {
  return pem("CERTIFICATE REQUEST", der(0x30, der(0x30, integer, der(0x30, ...subject), empty), empty));
}

function certificate(...subject: Buffer[]): string {
  const version = der(0xa0, integer);
  return pem(
    "CERTIFICATE",
    der(0x30, der(0x30, version, integer, empty, empty, empty, der(0x30, ...subject), empty), empty),
  );
}

const spec = (value: string) =>
  redact({
    requestObject: {
      kind: "CertificateSigningRequest",
      spec: { request: value, usages: ["client auth"], signerName: "x" },
    },
  }).event.requestObject.spec;

describe("certificates", () => {
  it("leave their subject: who asks to be whom", () => {
    expect(spec(request(attribute("55040a", "system:masters"), attribute("550403", "jane")))).toEqual({
      request: "[REDACTED:certificate] subject=O=system:masters,CN=jane",
      usages: ["client auth"],
      signerName: "x",
    });
  });

  it("in webhooks too", () => {
    const { event } = redact({
      requestObject: {
        kind: "X",
        webhooks: [{ clientConfig: { caBundle: certificate(attribute("550403", "my,ca\n")) } }],
      },
    });
    expect(event.requestObject.webhooks[0].clientConfig.caBundle).toBe("[REDACTED:certificate] subject=CN=my_ca_");
  });

  it("do not bring secrets in their subject", () => {
    expect(spec(request(attribute("550403", secretFor("jwt", 1)))).request).toBe("[REDACTED:certificate]");
    expect(spec(request(attribute("550403", "password=hunter2"))).request).toBe("[REDACTED:certificate]");
  });

  it("that cannot be read are a marker", () => {
    const good = Buffer.from(request(attribute("550403", "jane")), "base64").toString();
    for (const text of ["hunter2", "", good.slice(0, 60), good.replace(/\n.*\n/, "\nMIIB\n")]) {
      const value = Buffer.from(text).toString("base64");
      expect(spec(value).request).toBe(text === "" ? "" : "[REDACTED:certificate]");
    }
  });

  it("stay as they are when it is done again", () => {
    const once = spec(request(attribute("55040a", "a=b"), attribute("550403", "jane"))).request;
    expect(spec(once).request).toBe(once);
    expect(spec("[REDACTED:certificate] subject=hunter2").request).toBe("[REDACTED:certificate]");
  });

  it("that are a private key are nothing but a marker", () => {
    expect(spec(Buffer.from(secretFor("pem", 1)).toString("base64")).request).toBe("[REDACTED:private-key]");
    expect(spec(secretFor("pem", 1)).request).toBe("[REDACTED:private-key]");
  });
});
