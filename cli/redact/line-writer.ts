import type { EventEmitter } from "node:events";
import { once } from "node:events";
import type { Io } from "../output/io.ts";

/** Lines are handed to stdout in pieces of about this many characters. */
const PIECE = 65_536;

/** Writes lines to stdout; a slow reader makes the caller wait, not memory fill. */
export class LineWriter {
  readonly #stdout: Io["stdout"];
  #piece = "";

  constructor(stdout: Io["stdout"]) {
    this.#stdout = stdout;
  }

  /** Returns a promise only when there is something to wait for. */
  add(line: string): Promise<void> | undefined {
    this.#piece += `${line}\n`;
    return this.#piece.length < PIECE ? undefined : this.flush();
  }

  async flush(): Promise<void> {
    const piece = this.#piece;
    if (piece === "") return;
    this.#piece = "";
    if (this.#stdout.write(piece) === false && "once" in this.#stdout) {
      await once(this.#stdout as unknown as EventEmitter, "drain");
    }
  }
}
