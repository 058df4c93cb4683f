/**
 * Bytes of base64 text (RFC 4648, either alphabet, with or without padding; white space is allowed), or undefined when
 * anything else is in it. Never throws.
 */
export function decodeBase64(data: string): Buffer | undefined {
  const bytes = Buffer.from(data, "base64");
  if (bytes.length === decodedLength(data)) return bytes;
  const compact = data.replace(/\s+/g, "");
  return bytes.length === decodedLength(compact) ? bytes : undefined;
}

/** Buffer.from passes over what is not base64, so the length tells whether all of it was: no scan of the text. */
function decodedLength(data: string): number {
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return Math.floor(((data.length - padding) * 3) / 4);
}
