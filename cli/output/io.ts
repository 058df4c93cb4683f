/** Where a command writes: results to stdout, everything said about them to stderr. */
export interface Io {
  readonly stdout: { write(text: string): unknown; readonly columns?: number };
  readonly stderr: { write(text: string): unknown };
  /** True when stderr is a terminal: only then a progress line is drawn. */
  readonly isTTY: boolean;
}
