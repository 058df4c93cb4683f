import type { Delivery } from "../../shared/delivery.ts";
import type { Io } from "./io.ts";

/** Nothing is drawn for work that is over within this time. */
const QUIET_MS = 1_000;
const REDRAW_MS = 200;

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One line on a terminal while a command works through bytes; silent in a pipe. */
export class Progress {
  readonly #io: Io;
  readonly #label: string;
  readonly #total: number;
  readonly #started = performance.now();
  #bytes = 0;
  #drawnAt = 0;
  #drawn = false;

  /** @param totalBytes 0 when not known. */
  constructor(io: Io, label: string, totalBytes: number) {
    this.#io = io;
    this.#label = label;
    this.#total = totalBytes;
  }

  /** The same delivery, its bytes counted as they are read. */
  watch(delivery: Delivery): Delivery {
    const { body } = delivery;
    return "value" in body ? delivery : { ...delivery, body: { chunks: this.watchChunks(body.chunks) } };
  }

  /** The same bytes, counted as they are read. */
  watchChunks(chunks: Chunks): Chunks {
    if (!this.#io.isTTY) return chunks;
    const count = (bytes: number) => this.#add(bytes);
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        count(chunk.length);
        yield chunk;
      }
    }
    return counted();
  }

  #add(bytes: number): void {
    this.#bytes += bytes;
    const now = performance.now();
    if (now - this.#started < QUIET_MS || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    this.#drawn = true;
    const megabytes = this.#bytes / 1e6;
    const rate = megabytes / ((now - this.#started) / 1000);
    const share = this.#total > 0 ? `${Math.min(100, Math.floor((100 * this.#bytes) / this.#total))} %, ` : "";
    this.#io.stderr.write(`\r\u001b[K${this.#label}: ${share}${megabytes.toFixed(0)} MB read, ${rate.toFixed(0)} MB/s`);
  }

  /** Takes the line away, so that a message can be printed. */
  clear(): void {
    if (this.#drawn) this.#io.stderr.write("\r\u001b[K");
    this.#drawn = false;
  }

  done(): void {
    this.clear();
  }
}
