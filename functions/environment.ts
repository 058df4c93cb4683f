/** The environment lacks something, or holds something of the wrong form. Never quotes a value: it may be a secret. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
}

interface VariableRule {
  readonly name: string;
  /** What a value looks like, for messages. */
  readonly shape: string;
  readonly pattern: RegExp;
}

const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;
const SECRET = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/;

/** Every variable that a function reads. Infrastructure code sets them by these names. */
export const VARIABLES = {
  lake: {
    name: "CLUSTERTRAIL_LAKE",
    shape: "the lake's URL, s3://bucket/prefix",
    pattern: /^(?:s3:\/\/|file:\/\/\/|\.{0,2}\/).+/,
  },
  quarantine: {
    name: "CLUSTERTRAIL_QUARANTINE",
    shape: "where raw records that cannot be used are kept, s3://bucket/prefix; absent: with the lake",
    pattern: /^(?:s3:\/\/|file:\/\/\/|\.{0,2}\/).+/,
  },
  failed: {
    name: "CLUSTERTRAIL_FAILED",
    shape: "where Lambda puts failed invocations, s3://bucket/prefix",
    pattern: /^(?:s3:\/\/|file:\/\/\/|\.{0,2}\/).+/,
  },
  account: { name: "CLUSTERTRAIL_ACCOUNT", shape: "the account the clusters belong to, 12 digits", pattern: LABEL },
  region: { name: "CLUSTERTRAIL_REGION", shape: "the clusters' Region, such as eu-west-1", pattern: LABEL },
  cluster: { name: "CLUSTERTRAIL_CLUSTER", shape: "a cluster's name, for records that do not say it", pattern: LABEL },
  queueUrl: {
    name: "CLUSTERTRAIL_QUEUE_URL",
    shape: "the URL of the SQS queue, https://...",
    pattern: /^https?:\/\/[^\s]+$/,
  },
  oidcAudience: {
    name: "CLUSTERTRAIL_OIDC_AUDIENCE",
    shape: "the audience set on the push subscription",
    pattern: /^\S{1,512}$/,
  },
  oidcEmail: {
    name: "CLUSTERTRAIL_OIDC_EMAIL",
    shape: "the e-mail address of the push subscription's service account",
    pattern: /^[^\s@]+@[^\s@]+$/,
  },
  tokenSecret: {
    name: "CLUSTERTRAIL_TOKEN_SECRET_ARN",
    shape: "the ARN of the secret that holds the bearer token",
    pattern: SECRET,
  },
  fingerprintSecret: {
    name: "CLUSTERTRAIL_FINGERPRINT_SECRET_ARN",
    shape: "the ARN of the secret that holds the fingerprint key",
    pattern: SECRET,
  },
  metricsNamespace: {
    name: "CLUSTERTRAIL_METRICS_NAMESPACE",
    shape: "a CloudWatch namespace, such as ClusterTrail",
    pattern: /^[A-Za-z0-9._/#:-]{1,255}$/,
  },
  awsRole: {
    name: "CLUSTERTRAIL_AWS_ROLE_ARN",
    shape: "the ARN of the writer role, arn:aws:iam::111122223333:role/NAME",
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
  },
  awsAudience: {
    name: "CLUSTERTRAIL_AWS_AUDIENCE",
    shape: "the audience that the writer role's trust policy names",
    pattern: /^\S{1,512}$/,
  },
  awsRegion: { name: "CLUSTERTRAIL_AWS_REGION", shape: "the Region of the lake's bucket", pattern: REGION },
  azureClient: {
    name: "AZURE_CLIENT_ID",
    shape: "the client id of the user-assigned identity, a UUID",
    pattern: /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  },
} as const satisfies Record<string, VariableRule>;

export type Variable = keyof typeof VARIABLES;

/** Who sets the variables of the Lambda functions. */
export const LAMBDA_WHERE = "the CDK stack (or the Terraform module)";

/** What a function was given: frozen, every value of its form. */
export type Environment<Required extends Variable, Optional extends Variable> = Readonly<
  Record<Required, string> & Partial<Record<Optional, string>>
>;

/**
 * Reads the environment once, at start. An empty value counts as absent: deployment tools write those.
 * @param where who sets the variables of this host, for the message: "the CDK stack", "the Terraform module gke-source".
 * @throws EnvironmentError naming every variable that is missing or malformed, its form and where to set it.
 */
export function readEnvironment<R extends Variable, O extends Variable = never>(
  env: Readonly<Record<string, string | undefined>>,
  required: readonly R[],
  optional: readonly O[],
  where: string,
): Environment<R, O> {
  const values: Partial<Record<Variable, string>> = {};
  const wrong: string[] = [];
  for (const variable of [...required, ...optional]) {
    const { name, shape, pattern }: VariableRule = VARIABLES[variable];
    const value = env[name] ?? "";
    if (value !== "" && pattern.test(value)) values[variable] = value;
    else if (value !== "") wrong.push(`${name} is not of the form: ${shape}`);
    else if ((required as readonly Variable[]).includes(variable)) wrong.push(`${name} is missing: ${shape}`);
  }
  if (wrong.length > 0) {
    throw new EnvironmentError(`${wrong.join("; ")}. Set it in the function's environment, which ${where} does.`);
  }
  return Object.freeze(values) as Environment<R, O>;
}
