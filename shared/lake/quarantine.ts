import { createHash } from "node:crypto";
import type { Place } from "../adapter.ts";
import { parseTime } from "../time.ts";
import { gzipObject } from "./encode.ts";
import { partitionPath } from "./partition.ts";
import { PutQueue } from "./put-queue.ts";
import type { Sink } from "./sink.ts";

/** Raw bytes and records in one quarantine object. In base64 and JSON 8 MiB make about 11 MiB of text to hold. */
const MAX_RAW_BYTES = 8 * 1024 * 1024;
const MAX_RECORDS = 1000;
/** Waiting in all partitions together, with about 512 bytes for what surrounds the raw bytes of each record. */
const MAX_OPEN_BYTES = 16 * 1024 * 1024;
const RECORD_OVERHEAD_BYTES = 512;

/** A record whose bytes are kept because they could not become an event, or not all of them. */
export interface QuarantineRecord {
  /** Stable name, such as a RejectReason or `cut`. */
  readonly reason: string;
  /** The record's or the delivery's id. */
  readonly id: string;
  /** Number of the record in its delivery, from 1; 0 for the delivery as a whole. */
  readonly record: number;
  readonly place?: Place | undefined;
  readonly source?: string | undefined;
  /** The event's time, else the delivery's; RFC 3339. */
  readonly time?: string | undefined;
  readonly raw: Uint8Array;
}

/** One record as it is stored: `records[]` of the JSON document in `quarantine/v1/<partition>/<digest>.json.gz`. */
export interface StoredQuarantineRecord {
  reason: string;
  id: string;
  record: number;
  source?: string;
  /** Length of the record as it came. */
  bytes: number;
  /** SHA-256 of the record as it came, hex. */
  sha256: string;
  /** True when `raw` holds only the first {@link MAX_RAW_BYTES} of it. */
  cut?: true;
  /** Base64. */
  raw: string;
}

interface Batch {
  readonly partition: string;
  readonly records: StoredQuarantineRecord[];
  bytes: number;
}

/**
 * Gathers raw records by partition and writes them as objects under `quarantine/v1/`. The name is made of the reasons
 * and the records' digests, not of ids or times of delivery: reading the same input again finds the object taken.
 */
export class QuarantineWriter {
  /** What the sink has acknowledged; `bytesOut` counts compressed bytes of new objects. */
  readonly stats = { records: 0, objects: 0, bytesOut: 0 };
  readonly #queue: PutQueue;
  readonly #open = new Map<string, Batch>();
  #openBytes = 0;

  constructor(sink: Sink) {
    this.#queue = new PutQueue(sink);
  }

  /** Keeps a copy of `record`. Returns and rejects like `LakeWriter.add`. */
  add(record: QuarantineRecord): Promise<void> | undefined {
    const batch = this.#batchFor(partitionOf(record));
    batch.records.push(stored(record));
    const bytes = Math.min(record.raw.length, MAX_RAW_BYTES) + RECORD_OVERHEAD_BYTES;
    batch.bytes += bytes;
    this.#openBytes += bytes;
    if (batch.bytes >= MAX_RAW_BYTES || batch.records.length >= MAX_RECORDS) return this.#flush(batch);
    return this.#openBytes >= MAX_OPEN_BYTES ? this.#flush(this.#largest()) : undefined;
  }

  /** Writes what is open, in order of partition. @throws StorageError when a put failed. */
  async close(): Promise<void> {
    await this.#queue.wait();
    for (const partition of [...this.#open.keys()].sort()) await this.#flush(this.#open.get(partition)!);
    await this.#queue.drain();
  }

  #batchFor(partition: string): Batch {
    let batch = this.#open.get(partition);
    if (batch === undefined) {
      batch = { partition, records: [], bytes: 0 };
      this.#open.set(partition, batch);
    }
    return batch;
  }

  #flush({ partition, records, bytes }: Batch): Promise<void> | undefined {
    this.#open.delete(partition);
    this.#openBytes -= bytes;
    const body = gzipObject(Buffer.from(JSON.stringify({ schema: 1, records })));
    return this.#queue.put(`quarantine/v1/${partition}/${digestOf(records)}.json.gz`, body, (result) => {
      this.stats.records += records.length;
      if (result === "exists") return;
      this.stats.objects++;
      this.stats.bytesOut += body.length;
    });
  }

  #largest(): Batch {
    let largest: Batch | undefined;
    for (const batch of this.#open.values()) {
      if (largest === undefined || batch.bytes > largest.bytes) largest = batch;
    }
    return largest!;
  }
}

function partitionOf({ place, time }: QuarantineRecord): string {
  const { provider, account, region, cluster } = place ?? {};
  return partitionPath({ provider, account, region, cluster, time: parseTime(time)?.utc });
}

function stored({ reason, id, record, source, raw }: QuarantineRecord): StoredQuarantineRecord {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return {
    reason,
    id,
    record,
    ...(source === undefined ? {} : { source }),
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    ...(bytes.length > MAX_RAW_BYTES ? { cut: true as const } : {}),
    raw: bytes.subarray(0, MAX_RAW_BYTES).toString("base64"),
  };
}

/** 24 hex digits of SHA-256 over `reason NUL sha256 LF` of each record in order. */
function digestOf(records: readonly StoredQuarantineRecord[]): string {
  const hash = createHash("sha256");
  for (const { reason, sha256 } of records) hash.update(`${reason}\0${sha256}\n`);
  return hash.digest("hex").slice(0, 24);
}
