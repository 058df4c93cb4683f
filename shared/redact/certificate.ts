import { marker } from "./marker.ts";
import { holdsSecret } from "./text.ts";

const MAX_SUBJECT = 256;
/** A subject as this file writes it. */
const SUBJECT = / subject=((?:(?:CN|O|OU|C|L|ST|DC|serialNumber|OID)=[^,]{0,128}(?:,|$)){1,16})$/;

/** Attribute types of RFC 4514, by the DER bytes of their OID in hex. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  "550403": "CN",
  "550405": "serialNumber",
  "550406": "C",
  "550407": "L",
  "550408": "ST",
  "55040a": "O",
  "55040b": "OU",
  "0992268993f22c640119": "DC",
};

/**
 * What stands for a certificate or a request: the marker, and the subject, because who asks to be whom is the point of a
 * CertificateSigningRequest. `value` is PEM or base64 of PEM; if it cannot be read, the marker alone.
 */
export function certificateMarker(rule: string, value: string): string {
  const subject = value.startsWith("[REDACTED:") ? SUBJECT.exec(value)?.[1] : subjectOf(value);
  if (subject === undefined || subject === "" || holdsSecret(subject)) return marker(rule);
  return `${marker(rule)} subject=${subject}`;
}

/** Whether somebody pasted a key for a certificate; or that was taken out before. */
export function isPrivateKey(value: string): boolean {
  return pemOf(value).includes("PRIVATE KEY") || value === marker("private-key");
}

/** The text of the PEM in `value`; `value` itself if it is PEM already. */
function pemOf(value: string): string {
  return value.includes("-----BEGIN") ? value : Buffer.from(value, "base64").toString("latin1");
}

function subjectOf(value: string): string | undefined {
  const pem = pemOf(value);
  const begin = /-----BEGIN (?:NEW )?CERTIFICATE(?: REQUEST)?-----/.exec(pem);
  if (begin === null) return undefined;
  const from = begin.index + begin[0].length;
  const end = pem.indexOf("-----END", from);
  if (end < 0) return undefined;
  const der = Buffer.from(pem.slice(from, end).replace(/[^A-Za-z0-9+/=]/g, ""), "base64");
  try {
    return readSubject(der, begin[0].includes("REQUEST"));
  } catch {
    return undefined;
  }
}

interface Element {
  tag: number;
  start: number;
  end: number;
}

/** The element of DER (X.690) at `at`. Throws a RangeError when it goes over `end`. */
function element(der: Buffer, at: number, end: number): Element {
  if (at + 2 > end) throw new RangeError("der: cut");
  const tag = der[at]!;
  let length = der[at + 1]!;
  let start = at + 2;
  if (length >= 0x80) {
    const bytes = length & 0x7f;
    if (bytes === 0 || bytes > 4 || start + bytes > end) throw new RangeError("der: length");
    length = der.readUIntBE(start, bytes);
    start += bytes;
  }
  if (start + length > end) throw new RangeError("der: cut");
  return { tag, start, end: start + length };
}

/** The subject of a CertificationRequest (RFC 2986) or a Certificate (RFC 5280), comma-separated. */
function readSubject(der: Buffer, isRequest: boolean): string {
  const outer = element(der, 0, der.length);
  const info = element(der, outer.start, outer.end);
  let field = element(der, info.start, info.end);
  if (field.tag === 0xa0) field = element(der, field.end, info.end);
  // Request: version, subject. Certificate: serial number, algorithm, issuer, validity, subject.
  for (let skip = isRequest ? 1 : 4; skip > 0; skip--) field = element(der, field.end, info.end);
  let subject = "";
  for (let set = field.start; set < field.end; ) {
    const relative = element(der, set, field.end);
    const pair = element(der, relative.start, relative.end);
    const type = element(der, pair.start, pair.end);
    const text = element(der, type.end, pair.end);
    const name = ATTRIBUTES[der.toString("hex", type.start, type.end)] ?? "OID";
    const value = der.toString("utf8", text.start, text.end).replace(/[^\x20-\x2b\x2d-\x7e]/g, "_");
    const part = `${subject === "" ? "" : ","}${name}=${value.slice(0, 128)}`;
    if (subject.length + part.length > MAX_SUBJECT) break;
    subject += part;
    set = relative.end;
  }
  return subject;
}
