import type { Io } from "../output/io.ts";
import { queryCommand } from "../query/command.ts";
import { ingestCommand } from "./ingest.ts";
import { listenCommand } from "./listen.ts";
import { redactCommand } from "./redact.ts";
import { redriveCommand } from "./redrive.ts";
import { scanCommand } from "./scan.ts";
import { webhookCommand } from "./webhook.ts";

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
  { name: "redact", summary: "take the secrets out of audit events, for a pipeline of your own", run: redactCommand },
  { name: "redrive", summary: "feed the payloads of failed function invocations in again", run: redriveCommand },
  { name: "webhook", summary: "print what a kube-apiserver needs to send its audit events here", run: webhookCommand },
  { name: "scan", summary: "find secrets that leaked into a lake or an archive, and take them out", run: scanCommand },
  { name: "query", summary: "ask the lake: SQL or a named investigation", run: queryCommand },
];
