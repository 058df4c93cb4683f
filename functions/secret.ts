export interface Secret {
  readonly text: string;
  /** Changes when the secret is rotated. */
  readonly version: string;
}

/** Reads one secret by its ARN. */
export type ReadSecret = (arn: string) => Promise<Secret>;

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Reads the current version of a text secret from AWS Secrets Manager.
 * @throws Error naming the ARN and AWS's error code, never the secret.
 */
export const readSecret: ReadSecret = async (arn) => {
  // Only here: hosts without a secret do not owe the time to load it.
  const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  try {
    const { SecretString, VersionId } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    const text = (SecretString ?? "").trim();
    if (text === "") throw new SecretError(`the secret ${arn} holds no text`);
    return { text, version: VersionId ?? "" };
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const code = (error as { name?: string }).name ?? "unknown";
    throw new SecretError(
      `the secret ${arn} cannot be read (${code}): the function's role needs secretsmanager:GetSecretValue on it, and kms:Decrypt on its key`,
    );
  } finally {
    client.destroy();
  }
};

/** A secret that is missing, empty or out of reach. */
export class SecretError extends Error {
  override readonly name = "SecretError";
}
