import type { Config } from "./config/schema.ts";

/**
 * Names that other accounts and clouds must know before they can look: fixed by the configuration, so that no stack
 * needs another one's output to be synthesised.
 */
export function bucketNames({ name, lake }: Config): { readonly lake: string; readonly quarantine: string } {
  const base = lake.bucket ?? `${name}-lake-${lake.account}-${lake.region}`;
  return { lake: base, quarantine: `${base}-quarantine` };
}
