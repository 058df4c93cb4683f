import type { Problem } from "../../shared/delivery.ts";
import type { Io } from "../output/io.ts";

/** More than this many problem lines help nobody; the report has the counts, the quarantine the records. */
const SHOWN = 20;

/** Says on stderr which record of which file went wrong and why; never what was in it. */
export class ProblemLog {
  readonly #io: Io;
  readonly #limit: number;
  #count = 0;
  #quarantined = 0;

  constructor(io: Io, verbose: boolean) {
    this.#io = io;
    this.#limit = verbose ? Number.POSITIVE_INFINITY : SHOWN;
  }

  readonly add = (problem: Problem): void => {
    this.#count++;
    // Of what could not be read there are no bytes to keep.
    if (problem.action === "quarantined" && problem.reason !== "unreadable") this.#quarantined++;
    if (this.#count > this.#limit) return;
    const { input, record, line, reason, action, hint } = problem;
    const where = record === 0 ? input : `${input}: record ${record}${line === undefined ? "" : ` (line ${line})`}`;
    this.#io.stderr.write(`${where}: ${action}, ${reason}${hint === undefined ? "" : `: ${hint}`}\n`);
  };

  /** The closing line: how many more there were, and where to look. */
  finish(lakeUrl: string): void {
    if (this.#count > this.#limit) {
      this.#io.stderr.write(`... and ${this.#count - this.#limit} more like these; --verbose names them all\n`);
    }
    if (this.#quarantined > 0) {
      this.#io.stderr.write(
        `${this.#quarantined} not stored as events; their raw bytes, unredacted, are under ${lakeUrl}/quarantine/v1/\n`,
      );
    }
  }
}
