import type { Adapter } from "../shared/adapter.ts";
import type { ClusterProvider } from "../shared/event.ts";
import { ADAPTERS, detect } from "./sources.ts";

/** Chooses adapters for the records of one input and remembers what it recognised, so that `auto` can say so. */
export class Recogniser {
  readonly #fixed: Adapter | undefined;
  readonly #seen = new Map<string, number>();
  #last: Adapter | undefined;

  constructor(source: ClusterProvider | "auto") {
    this.#fixed = ADAPTERS.find(({ name }) => name === source);
  }

  /** The adapter for one parsed value or line of text; undefined when no envelope looks like it. */
  readonly adapterFor = (value: unknown): Adapter | undefined => {
    if (this.#fixed !== undefined) return this.#fixed;
    const found = detect(value);
    // A line that shows nothing by itself (a cut record, say) belongs to the source of the records before it.
    if (found === undefined) return typeof value === "string" ? this.#last : undefined;
    this.#last = found.adapter;
    const label = `${found.adapter.name}: ${found.envelope}`;
    this.#seen.set(label, (this.#seen.get(label) ?? 0) + 1);
    return found.adapter;
  };

  /** Envelopes recognised since the last call with their counts, most frequent first; the next input starts anew. */
  takeSummary(): string[] {
    const labels = [...this.#seen].sort((a, b) => b[1] - a[1]).map(([label, count]) => `${label} (${count})`);
    this.#seen.clear();
    this.#last = undefined;
    return labels;
  }
}
