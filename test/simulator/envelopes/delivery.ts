import type { SkipReason } from "../../../shared/adapter.ts";
import type { TruncatedBy } from "../../../shared/event.ts";

/** What is in a delivery, for tests to compare totals with. */
export interface Truth {
  /** Audit events, whole or cut; parts of a split GKE entry count one by one. */
  readonly events: number;
  /** How many of the events were cut or had bodies taken out. */
  readonly cut: number;
  readonly cutBy: Readonly<Partial<Record<TruncatedBy, number>>>;
  /** Records that are not audit events, under the reason for skipping them. */
  readonly skips: Readonly<Partial<Record<SkipReason, number>>>;
}

/** One thing that a source hands over at once: a payload, a message, a page, a line. */
export interface Delivery<Payload> extends Truth {
  readonly payload: Payload;
  /** True when the same payload has been delivered before. */
  readonly duplicate: boolean;
}

/** Counts while a batch fills; `take` gives the counts and starts again. */
export class Tally {
  #events = 0;
  #cutBy: Partial<Record<TruncatedBy, number>> = {};
  #skips: Partial<Record<SkipReason, number>> = {};

  event(cut?: TruncatedBy): void {
    this.#events++;
    if (cut !== undefined) this.#cutBy[cut] = (this.#cutBy[cut] ?? 0) + 1;
  }

  skip(reason: SkipReason): void {
    this.#skips[reason] = (this.#skips[reason] ?? 0) + 1;
  }

  take<Payload>(payload: Payload): Delivery<Payload> {
    const cut = Object.values(this.#cutBy).reduce((sum, count) => sum + count, 0);
    const delivery = { payload, events: this.#events, cut, cutBy: this.#cutBy, skips: this.#skips, duplicate: false };
    this.#events = 0;
    this.#cutBy = {};
    this.#skips = {};
    return delivery;
  }
}

/** The sum of many truths. */
export function totalOf(truths: Iterable<Truth>): Truth {
  let events = 0;
  let cut = 0;
  const cutBy: Partial<Record<TruncatedBy, number>> = {};
  const skips: Partial<Record<SkipReason, number>> = {};
  for (const truth of truths) {
    events += truth.events;
    cut += truth.cut;
    for (const [by, count] of Object.entries(truth.cutBy))
      cutBy[by as TruncatedBy] = (cutBy[by as TruncatedBy] ?? 0) + count;
    for (const [reason, count] of Object.entries(truth.skips))
      skips[reason as SkipReason] = (skips[reason as SkipReason] ?? 0) + count;
  }
  return { events, cut, cutBy, skips };
}

/** At-least-once: every `every`th delivery comes again, a few deliveries later. 0: never. */
export function* redelivered<Payload>(
  deliveries: Iterable<Delivery<Payload>>,
  every: number,
): Generator<Delivery<Payload>> {
  let count = 0;
  let again: { readonly delivery: Delivery<Payload>; readonly due: number } | undefined;
  for (const delivery of deliveries) {
    count++;
    yield delivery;
    if (again !== undefined && count >= again.due) {
      yield again.delivery;
      again = undefined;
    }
    if (every > 0 && count % every === 0 && again === undefined)
      again = { delivery: { ...delivery, duplicate: true }, due: count + 3 };
  }
  if (again !== undefined) yield again.delivery;
}
