import { writeSync } from "node:fs";
import { LakeUrlError } from "../shared/lake/open.ts";
import { commands } from "./commands/table.ts";
import type { Io } from "./output/io.ts";
import { UsageError } from "./usage.ts";

const HELP = `clustertrail: one audit trail for every Kubernetes cluster you run

Usage: clustertrail COMMAND [flags]

${commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join("\n")}

clustertrail COMMAND --help shows a command's flags with examples.
Exit codes: 0 done, 1 problems found (lint, scan, verify), 2 usage, 3 partly failed (some input quarantined or unread).
`;

/**
 * Runs one command.
 * @param argv arguments after the program's name.
 * @returns the exit code.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    io.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    io.stderr.write(
      `clustertrail: there is no command of that name; the commands are ${commands.map((c) => c.name).join(", ")}\n`,
    );
    return 2;
  }
  try {
    const run = await command.load();
    return await run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof LakeUrlError)) throw error;
    io.stderr.write(`clustertrail ${name}: ${error.message}\nTry: clustertrail ${name} --help\n`);
    return 2;
  }
}

/** The program: wires the process to {@link main}. */
export async function run(): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that stops early (`| head`) is no error.
    if (error.code === "EPIPE") process.exit(0);
    writeSync(2, `clustertrail: the result could not be written to standard output (${error.code})\n`);
    process.exit(3);
  });
  const io: Io = { stdout: process.stdout, stderr: process.stderr, isTTY: process.stderr.isTTY === true };
  try {
    process.exitCode = await main(process.argv.slice(2), io);
  } catch (error) {
    // Name and code only: the message of an unforeseen error may quote what it was working on.
    const { name, code } = error as { name?: string; code?: string };
    writeSync(
      2,
      `clustertrail: internal error (${name ?? "unknown"}${code === undefined ? "" : ` ${code}`}); please report it\n`,
    );
    process.exitCode = 70;
  }
}
