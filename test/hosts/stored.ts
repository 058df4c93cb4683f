import { gunzipSync } from "node:zlib";
import type { AuditEvent } from "../../shared/event.ts";
import type { FakeS3 } from "../shared/lake/fake-s3.ts";

/** What a lake in the fake S3 holds, looked at again and again while it grows. */
export class Stored {
  readonly #s3: FakeS3;
  readonly #seen = new Set<string>();
  readonly #ids: string[] = [];
  readonly #known = new Set<string>();

  constructor(s3: FakeS3) {
    this.#s3 = s3;
  }

  /** `ingest.id` of every event stored so far, with repeats. */
  ids(): readonly string[] {
    for (const [key, body] of this.#s3.objects) {
      if (this.#seen.has(key) || !key.includes("events/v1/")) continue;
      this.#seen.add(key);
      for (const line of gunzipSync(body).toString("utf8").trimEnd().split("\n")) {
        const { id } = (JSON.parse(line) as AuditEvent).ingest;
        this.#ids.push(id);
        this.#known.add(id);
      }
    }
    return this.#ids;
  }

  has(id: string): boolean {
    this.ids();
    return this.#known.has(id);
  }
}
