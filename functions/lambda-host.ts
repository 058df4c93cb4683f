import { createRedactor } from "../shared/redact/create.ts";
import type { FingerprintKey } from "../shared/redact/fingerprint.ts";
import type { Report } from "../shared/report.ts";
import { type Environment, LAMBDA_WHERE, readEnvironment, type Variable } from "./environment.ts";
import type { HostContext } from "./host.ts";
import { measured, toStdout } from "./measure.ts";
import { DEFAULT_NAMESPACE, embeddedMetrics } from "./metrics.ts";
import { openSink } from "./open-sink.ts";
import { readSecret } from "./secret.ts";

const OPTIONAL = [
  "account",
  "region",
  "cluster",
  "quarantine",
  "failed",
  "fingerprintSecret",
  "metricsNamespace",
] as const;

export interface LambdaHost<Required extends Variable> {
  readonly environment: Environment<"lake" | Required, (typeof OPTIONAL)[number]>;
  readonly context: HostContext;
  /** Runs one invocation; its metrics go to the log. Throws as `measured` does. */
  readonly run: (work: (context: HostContext) => Promise<Report>) => Promise<Report>;
}

/**
 * Wires a Lambda function once, at start: environment, lake, redactor, metrics.
 * @param required variables that this function needs besides the lake's.
 * @throws EnvironmentError, LakeUrlError, SecretError: Lambda then reports the function as not starting.
 */
export async function openLambdaHost<Required extends Variable = never>(
  env: NodeJS.ProcessEnv,
  required: readonly Required[] = [],
): Promise<LambdaHost<Required>> {
  const environment = readEnvironment(env, ["lake", ...required], OPTIONAL, LAMBDA_WHERE);
  const { lake, quarantine, fingerprintSecret, metricsNamespace } = environment as Environment<
    "lake",
    (typeof OPTIONAL)[number]
  >;
  const fingerprint = fingerprintSecret === undefined ? undefined : await fingerprintKey(fingerprintSecret);
  const context: HostContext = {
    lake: await openSink({ lake, quarantine }, env),
    redactor: createRedactor(fingerprint === undefined ? {} : { fingerprint }),
    source: {},
  };
  const format = embeddedMetrics(metricsNamespace ?? DEFAULT_NAMESPACE);
  return { environment, context, run: (work) => measured(context, format, toStdout, work) };
}

/** The secret's text is the key; its version names it, so that readers see which fingerprints a rotation has parted. */
async function fingerprintKey(arn: string): Promise<FingerprintKey> {
  const { text, version } = await readSecret(arn);
  return { key: Buffer.from(text, "utf8"), keyId: version.slice(0, 8) || "current", domain: "clustertrail" };
}
