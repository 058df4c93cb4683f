import type { Io } from "../output/io.ts";
import { queryCommand } from "../query/command.ts";
import { ingestCommand } from "./ingest.ts";
import { listenCommand } from "./listen.ts";

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** @returns the exit code. @throws UsageError */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>;
}

export const commands: readonly Command[] = [
  { name: "ingest", summary: "read audit records from files or a pipe into a lake", run: ingestCommand },
  {
    name: "listen",
    summary: "take audit webhooks, Vector, Fluent Bit and Pub/Sub pushes over HTTP into a lake",
    run: listenCommand,
  },
  { name: "query", summary: "ask the lake: SQL or a named investigation", run: queryCommand },
];
