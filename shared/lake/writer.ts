import { gzipObject } from "./encode.ts";
import { OpenObject } from "./open-object.ts";
import { PutQueue } from "./put-queue.ts";
import type { Sink } from "./sink.ts";

/**
 * Text at which an object is closed. Measured on 100 MB of EKS-shaped events in one partition: 1 MiB makes objects of
 * 99 KB (ratio 10.6; S3 does not move objects under 128 KB to cheaper storage), 2 MiB of 195 KB (10.7), 4 MiB of
 * 388 KB (10.7), 8 MiB of 775 KB (10.8), 16 MiB of 1.5 MB (10.8), all at the same speed. 8 MiB stays above 128 KB when
 * the text packs five times better, and more would only cost memory.
 */
export const MAX_OBJECT_BYTES = 8 * 1024 * 1024;

/** Text in all open objects together: with many clusters or hours in one stream, the largest is closed early. */
export const MAX_OPEN_BYTES = 24 * 1024 * 1024;

/** Open objects: each has a buffer of at least 16 KiB and a set of ids. Ten clusters over a day are 240 partitions. */
export const MAX_OPEN_OBJECTS = 256;

export interface LakeWriterOptions {
  readonly maxObjectBytes?: number;
  readonly maxOpenBytes?: number;
  readonly maxOpenObjects?: number;
  readonly maxConcurrentPuts?: number;
}

/**
 * Gathers events by partition and writes them as objects under `events/v1/`.
 *
 * What it writes depends on the sequence of {@link add} calls and the options alone, not on time or on how fast the
 * sink is: the same delivery makes the same objects, and finds them taken when it comes again.
 */
export class LakeWriter {
  /** Only what the sink has acknowledged. */
  readonly stats = { stored: 0, alreadyStored: 0, objects: 0, bytesOut: 0 };
  readonly #maxObjectBytes: number;
  readonly #maxOpenBytes: number;
  readonly #maxOpenObjects: number;
  readonly #queue: PutQueue;
  readonly #open = new Map<string, OpenObject>();
  #openBytes = 0;
  #last: OpenObject | undefined;
  #spare: Buffer | undefined;

  constructor(sink: Sink, options: LakeWriterOptions = {}) {
    this.#maxObjectBytes = options.maxObjectBytes ?? MAX_OBJECT_BYTES;
    this.#maxOpenBytes = options.maxOpenBytes ?? MAX_OPEN_BYTES;
    this.#maxOpenObjects = options.maxOpenObjects ?? MAX_OPEN_OBJECTS;
    this.#queue = new PutQueue(sink, options.maxConcurrentPuts);
  }

  /**
   * Adds one event. One that is in the open object of its partition, by id and content, is not written again; it counts
   * as already stored when that object is.
   *
   * @param partition of partition.ts.
   * @param eventId 32 hex digits.
   * @param time the event's time, canonical UTC.
   * @param line the event as JSON without a line break.
   * @returns undefined mostly; a promise when the sink has to be waited for. Rejects with StorageError once a put has
   * failed: what is not in {@link stats} by then is not known to be stored.
   */
  add(partition: string, eventId: string, time: string, line: string): Promise<void> | undefined {
    const object = this.#objectFor(partition);
    const before = object.bytes;
    object.add(eventId, time, line);
    this.#openBytes += object.bytes - before;
    if (object.bytes >= this.#maxObjectBytes) return this.#flush(object);
    if (this.#openBytes >= this.#maxOpenBytes || this.#open.size > this.#maxOpenObjects) {
      return this.#flush(this.#largest());
    }
    return undefined;
  }

  /** Writes what is open, in order of partition. @throws StorageError like {@link add}. */
  async close(): Promise<void> {
    await this.#queue.wait();
    for (const partition of [...this.#open.keys()].sort()) {
      await this.#flush(this.#open.get(partition)!);
    }
    await this.#queue.drain();
  }

  #objectFor(partition: string): OpenObject {
    if (this.#last?.partition === partition) return this.#last;
    let object = this.#open.get(partition);
    if (object === undefined) {
      // Only to an object that is alone: handed from object to object, full-size buffers would collect in small ones.
      const alone = this.#open.size === 0;
      object = new OpenObject(partition, alone ? this.#spare : undefined);
      if (alone) this.#spare = undefined;
      this.#open.set(partition, object);
    }
    this.#last = object;
    return object;
  }

  #flush(object: OpenObject): Promise<void> | undefined {
    this.#open.delete(object.partition);
    this.#openBytes -= object.bytes;
    this.#last = undefined;
    const text = object.text();
    const { count, repeats } = object;
    const body = gzipObject(text);
    // The text is packed: its buffer serves the next object. One that a giant line has blown up is let go.
    if (this.#open.size === 0 && object.buffer.length <= 2 * this.#maxObjectBytes) this.#spare = object.buffer;
    return this.#queue.put(`events/v1/${object.partition}/${object.name()}`, body, (result) => {
      if (result === "exists") {
        this.stats.alreadyStored += count + repeats;
        return;
      }
      this.stats.stored += count;
      this.stats.alreadyStored += repeats;
      this.stats.objects++;
      this.stats.bytesOut += body.length;
    });
  }

  /** The first of equals in the order in which they were opened. */
  #largest(): OpenObject {
    let largest: OpenObject | undefined;
    for (const object of this.#open.values()) {
      if (largest === undefined || object.bytes > largest.bytes) largest = object;
    }
    return largest!;
  }
}
