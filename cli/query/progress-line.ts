import type { Io } from "../output/io.ts";

const QUIET_MS = 1_000;
const REDRAW_MS = 200;

/** One line on a terminal that says what a query is doing once it takes over a second; nothing in a pipe. */
export class ProgressLine {
  readonly #io: Io;
  readonly #started = performance.now();
  #text = "";
  #drawn = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(io: Io) {
    this.#io = io;
    if (!io.isTTY) return;
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  }

  say(text: string): void {
    this.#text = text;
  }

  #draw(): void {
    const elapsed = performance.now() - this.#started;
    if (elapsed < QUIET_MS) return;
    this.#drawn = true;
    this.#io.stderr.write(`\r\u001b[Kquery: ${this.#text}, ${(elapsed / 1000).toFixed(0)} s`);
  }

  /** Takes the line away for good. */
  done(): void {
    clearInterval(this.#timer);
    if (this.#drawn) this.#io.stderr.write("\r\u001b[K");
    this.#drawn = false;
  }
}
