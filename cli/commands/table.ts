import type { Io } from "../output/io.ts";

/** @returns the exit code. @throws UsageError */
export type Run = (argv: readonly string[], io: Io) => Promise<number>;

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Loads the command's code: only `query` shall pay for DuckDB, in time and 60 MB of memory. */
  readonly load: () => Promise<Run>;
}

export const commands: readonly Command[] = [
  {
    name: "ingest",
    summary: "read audit records from files or a pipe into a lake",
    load: async () => (await import("./ingest.ts")).ingestCommand,
  },
  {
    name: "listen",
    summary: "take audit webhooks, Vector, Fluent Bit and Pub/Sub pushes over HTTP into a lake",
    load: async () => (await import("./listen.ts")).listenCommand,
  },
  {
    name: "query",
    summary: "ask the lake: SQL or a named investigation",
    load: async () => (await import("../query/command.ts")).queryCommand,
  },
  {
    name: "redact",
    summary: "take the secrets out of audit events, for a pipeline of your own",
    load: async () => (await import("./redact.ts")).redactCommand,
  },
  {
    name: "scan",
    summary: "find secrets that leaked into a lake or an archive, and take them out",
    load: async () => (await import("./scan.ts")).scanCommand,
  },
  {
    name: "redrive",
    summary: "feed the payloads of failed function invocations in again",
    load: async () => (await import("./redrive.ts")).redriveCommand,
  },
  {
    name: "webhook",
    summary: "print what a kube-apiserver needs to send its audit events here",
    load: async () => (await import("./webhook.ts")).webhookCommand,
  },
];
