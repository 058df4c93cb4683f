import type { ParseArgsOptionsConfig } from "node:util";
import { parseArgs } from "node:util";

/** The command was called wrongly: exit code 2, the message says what and how to do it right. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export interface Flags {
  readonly values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  readonly positionals: readonly string[];
}

/** Parses flags strictly. @throws UsageError naming the flag that is unknown or lacks its value. */
export function parseFlags(argv: readonly string[], options: ParseArgsOptionsConfig): Flags {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
    return { values: values as Flags["values"], positionals };
  } catch (error) {
    throw new UsageError((error as Error).message.split(". To specify")[0]!);
  }
}

/** A flag's single string value; undefined when it was not given. */
export function stringFlag(flags: Flags, name: string): string | undefined {
  const value = flags.values[name];
  return typeof value === "string" ? value : undefined;
}

/** @throws UsageError when the flag is missing; `what` says what it is for. */
export function requiredFlag(flags: Flags, name: string, what: string): string {
  const value = stringFlag(flags, name);
  if (value === undefined || value === "") throw new UsageError(`--${name} is missing: ${what}`);
  return value;
}

/** @throws UsageError when the value is not one of `choices`. */
export function choiceFlag<T extends string>(flags: Flags, name: string, choices: readonly T[], fallback: T): T {
  const value = stringFlag(flags, name);
  if (value === undefined) return fallback;
  if (!(choices as readonly string[]).includes(value))
    throw new UsageError(`--${name} takes one of ${choices.join(", ")}`);
  return value as T;
}
