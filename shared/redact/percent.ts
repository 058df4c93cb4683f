/** Percent-encoding (RFC 3986, 2.1), tolerant: what is not valid stays as it is. */
export function decodePercent(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    const latin1 = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return Buffer.from(latin1, "latin1").toString("utf8");
  }
}

/** Decodes a query component: `+` is a blank there. */
export function decodeQuery(text: string): string {
  return decodePercent(text.includes("+") ? text.replace(/\+/g, " ") : text);
}

const MARKERS = /(\[REDACTED:[a-z0-9.-]{1,64}\])/;

/** Encodes a query component but for our markers, which stay readable. */
export function encodeQuery(text: string): string {
  return text
    .split(MARKERS)
    .map((part, i) =>
      i % 2 === 1 ? part : encodeURIComponent(part.toWellFormed()).replace(/%(?:2F|3A|2C)/g, decodeURIComponent),
    )
    .join("");
}
