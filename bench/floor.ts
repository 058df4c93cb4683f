import { gunzipSync, gzipSync } from "node:zlib";

/** What any program must do that reads compressed JSON and writes compressed JSON: the yardstick of every ratio. */
const FLOOR_LEVEL = 6;
const OBJECT_BYTES = 8 * 1024 * 1024;

/** Bytes in (gzip or not): gunzip, then for each line JSON.parse and JSON.stringify, then gzip level 6. @returns bytes out. */
export function floorOfLines(input: Buffer): number {
  const bytes = input[0] === 0x1f && input[1] === 0x8b ? gunzipSync(input) : input;
  const out = new Packer();
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    out.add(JSON.stringify(JSON.parse(bytes.toString("utf8", start, end))));
    start = end + 1;
  }
  return out.finish();
}

/** Subscription payloads: the documents parsed and written again as they are, the events inside still strings. */
export function floorOfDocuments(payloads: readonly Buffer[]): number {
  const out = new Packer();
  for (const payload of payloads) out.add(JSON.stringify(JSON.parse(gunzipSync(payload).toString("utf8"))));
  return out.finish();
}

/** Subscription payloads: the events inside parsed and written too, as one NDJSON line each. */
export function floorOfEvents(payloads: readonly Buffer[]): number {
  const out = new Packer();
  for (const payload of payloads) {
    const document = JSON.parse(gunzipSync(payload).toString("utf8")) as { logEvents: { message: string }[] };
    for (const { message } of document.logEvents) {
      if (message.startsWith("{") && message.endsWith("}")) out.add(JSON.stringify(JSON.parse(message)));
    }
  }
  return out.finish();
}

/** Packs text in pieces of the size that our own objects have, so that the floor has no advantage of larger windows. */
class Packer {
  #lines: string[] = [];
  #bytes = 0;
  #out = 0;

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= OBJECT_BYTES) this.#flush();
  }

  finish(): number {
    this.#flush();
    return this.#out;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    this.#out += gzipSync(this.#lines.join("\n"), { level: FLOOR_LEVEL }).length;
    this.#lines = [];
    this.#bytes = 0;
  }
}
