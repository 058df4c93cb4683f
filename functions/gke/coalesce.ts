/** When a batch is closed: at the first bound that is reached. */
export interface CoalesceBounds {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** After the first item of the batch. */
  readonly maxWaitMs: number;
  /** In batches that are open or being written, all together; more is refused. */
  readonly maxHeldBytes: number;
}

/** Too much is in hand: the sender must come again. */
export class BusyError extends Error {
  override readonly name = "BusyError";
}

/**
 * Puts what arrives at about the same time into one batch, so that a hundred requests make one object and not a
 * hundred. Whoever adds an item waits until its batch has been written, and shares the outcome.
 */
export class Coalescer<Item> {
  readonly #bounds: CoalesceBounds;
  readonly #write: (items: readonly Item[]) => Promise<unknown>;
  readonly #writing = new Set<Promise<void>>();
  #open: Batch<Item> | undefined;
  #heldBytes = 0;
  #draining = false;

  /** @param write lands a batch; when it rejects, all who wait for the batch are rejected with the same error. */
  constructor(bounds: CoalesceBounds, write: (items: readonly Item[]) => Promise<unknown>) {
    this.#bounds = bounds;
    this.#write = write;
  }

  /**
   * @returns when the item is written.
   * @throws BusyError before anything happened, or what the writer threw.
   */
  add(item: Item, bytes: number): Promise<void> {
    if (this.#heldBytes > 0 && this.#heldBytes + bytes > this.#bounds.maxHeldBytes) {
      return Promise.reject(new BusyError("too much in hand"));
    }
    this.#heldBytes += bytes;
    this.#open ??= this.#begin();
    const batch = this.#open;
    batch.items.push(item);
    batch.bytes += bytes;
    const { maxItems, maxBytes } = this.#bounds;
    if (this.#draining || batch.items.length >= maxItems || batch.bytes >= maxBytes) this.#close();
    return batch.done;
  }

  /** Writes what is open without waiting for more, from now on each item at once; resolves when nothing is in hand. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#close();
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing);
  }

  #begin(): Batch<Item> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.#close(), this.#bounds.maxWaitMs);
    const batch: Batch<Item> = { items: [], bytes: 0, timer, start: resolve, done: promise };
    // The outcome belongs to those who wait; the promise itself starts the write.
    batch.done = promise.then(async () => {
      try {
        await this.#write(batch.items);
      } finally {
        this.#heldBytes -= batch.bytes;
      }
    });
    return batch;
  }

  #close(): void {
    const batch = this.#open;
    if (batch === undefined) return;
    this.#open = undefined;
    clearTimeout(batch.timer);
    this.#writing.add(batch.done);
    const forget = (): void => void this.#writing.delete(batch.done);
    batch.done.then(forget, forget);
    batch.start();
  }
}

interface Batch<Item> {
  readonly items: Item[];
  bytes: number;
  readonly timer: NodeJS.Timeout;
  readonly start: () => void;
  done: Promise<void>;
}
