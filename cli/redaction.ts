import { readFile } from "node:fs/promises";
import type { RedactorOptions } from "../shared/redact/create.ts";
import { createRedactor } from "../shared/redact/create.ts";
import type { FingerprintKey } from "../shared/redact/fingerprint.ts";
import type { Leak } from "../shared/redact/gate.ts";
import { findLeak, ignoredByGate } from "../shared/redact/gate.ts";
import type { RedactionPolicy } from "../shared/redact/policy.ts";
import { parsePolicyFile } from "../shared/redact/policy-file.ts";
import type { Redactor } from "../shared/redact/redactor.ts";
import type { Io } from "./output/io.ts";
import type { Flags } from "./usage.ts";
import { stringFlag, UsageError } from "./usage.ts";

/** The flag for {@link parseFlags}, the same for every command that redacts. */
export const REDACTION_FLAG = { redaction: { type: "string" } } as const;

/** What `--help` says of it and of the environment. */
export const REDACTION_HELP = `  --redaction F   policy file (redaction.yaml) with changes to the built-in rules; what it loosens is said on stderr`;
export const FINGERPRINT_HELP = `Fingerprints (a keyed hash beside each redaction: equal secrets, equal fingerprints) are off until the environment has
  CLUSTERTRAIL_FINGERPRINT_KEY      at least 16 random bytes in base64 or hex; never printed, never stored
  CLUSTERTRAIL_FINGERPRINT_KEY_ID   name of the key, stored with each fingerprint, for rotation (default 1)
  CLUSTERTRAIL_FINGERPRINT_DOMAIN   who may correlate: fingerprints of two domains never match (default clustertrail)
`;

/** Everything that one run needs to redact: made once, used for all its inputs. */
export interface Redaction {
  readonly options: RedactorOptions;
  readonly policy: RedactionPolicy;
  readonly redactor: Redactor;
  /** The output gate, for one encoded line; lets through what the policy keeps on purpose. */
  readonly findLeak: (line: string) => Leak | undefined;
}

/**
 * Builds the redaction that the flags and the environment ask for. Says on stderr what a policy file loosens.
 * @throws UsageError when the policy file cannot be read or has problems (each is printed before, with line and column),
 * and when the fingerprint key is none. Never quotes the key.
 */
export async function redactorFromFlags(
  flags: Flags,
  io: Io,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Redaction> {
  const path = stringFlag(flags, "redaction");
  const policy = path === undefined ? {} : await readPolicy(path, io);
  const fingerprint = fingerprintKey(environment);
  const options: RedactorOptions = fingerprint === undefined ? { policy } : { policy, fingerprint };
  const ignored = ignoredByGate(policy);
  return { options, policy, redactor: createRedactor(options), findLeak: (line) => findLeak(line, ignored) };
}

async function readPolicy(path: string, io: Io): Promise<RedactionPolicy> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`--redaction ${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const file = parsePolicyFile(text, path);
  if (!file.ok) {
    for (const problem of file.problems) io.stderr.write(`${problem}\n`);
    throw new UsageError(`--redaction ${path} is not a valid policy: correct what is listed above`);
  }
  if (file.loosened.length > 0) {
    io.stderr.write("redaction is looser than the built-in rules:\n");
    for (const place of file.loosened) io.stderr.write(`  ${place}\n`);
  }
  return file.policy;
}

const KEY = "CLUSTERTRAIL_FINGERPRINT_KEY";
const KEY_ID = "CLUSTERTRAIL_FINGERPRINT_KEY_ID";
const DOMAIN = "CLUSTERTRAIL_FINGERPRINT_DOMAIN";
const MIN_KEY_BYTES = 16;

function fingerprintKey(environment: NodeJS.ProcessEnv): FingerprintKey | undefined {
  const [text, keyId, domain] = [KEY, KEY_ID, DOMAIN].map((name) => {
    const value = environment[name]?.trim();
    return value === "" ? undefined : value;
  });
  if (text === undefined) {
    // Somebody expects fingerprints and would not get any.
    const orphan = keyId !== undefined ? KEY_ID : domain !== undefined ? DOMAIN : undefined;
    if (orphan !== undefined) throw new UsageError(`${orphan} is set but ${KEY} is not: set it too, or neither`);
    return undefined;
  }
  const key = keyBytes(text);
  if (key === undefined || key.length < MIN_KEY_BYTES) {
    throw new UsageError(
      `${KEY} is not a key: it takes at least ${MIN_KEY_BYTES} bytes in base64 or hex, such as: openssl rand -base64 32`,
    );
  }
  if (keyId !== undefined && !/^[A-Za-z0-9._-]{1,32}$/.test(keyId)) {
    throw new UsageError(`${KEY_ID} takes 1 to 32 of A-Z a-z 0-9 . _ -`);
  }
  return { key, keyId: keyId ?? "1", domain: domain ?? "clustertrail" };
}

/** Hex when it can be hex, else base64 of either alphabet; undefined when it is neither. */
function keyBytes(text: string): Uint8Array | undefined {
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text)) return Buffer.from(text, "hex");
  const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && text.replace(/=+$/, "").length % 4 !== 1;
  return base64 ? Buffer.from(text, "base64") : undefined;
}
