import { addCount } from "../../shared/report.ts";
import type { Io } from "../output/io.ts";
import { count } from "../output/report.ts";

/** More lines than this help nobody; the summary has the counts. */
const SHOWN = 20;

/** What was not passed through: where and why, never what. */
export class Withheld {
  readonly #io: Io;
  readonly #limit: number;
  readonly counts: Record<string, number> = {};
  readonly #beforeLine: () => void;
  #total = 0;

  /** @param beforeLine called before each line: takes a progress line away. */
  constructor(io: Io, verbose: boolean, beforeLine: () => void) {
    this.#io = io;
    this.#beforeLine = beforeLine;
    this.#limit = verbose ? Number.POSITIVE_INFINITY : SHOWN;
  }

  get total(): number {
    return this.#total;
  }

  /** @param where such as `audit.log: record 3 (line 7)`. */
  add(where: string, reason: string, hint: string | undefined): void {
    addCount(this.counts, reason);
    if (++this.#total > this.#limit) return;
    this.#beforeLine();
    this.#io.stderr.write(`${where}: not passed through, ${reason}${hint === undefined ? "" : `: ${hint}`}\n`);
  }

  /** `3 not passed through (2 not-json, 1 leak-gate)` */
  summary(): string {
    const reasons = Object.entries(this.counts).map(([reason, n]) => `${count(n)} ${reason}`);
    const more = this.#total > this.#limit ? `; --verbose names them all` : "";
    return `${count(this.#total)} not passed through (${reasons.join(", ")})${more}`;
  }
}
