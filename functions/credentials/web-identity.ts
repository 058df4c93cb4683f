import { fromWebToken } from "@aws-sdk/credential-providers";
import type { IdentityToken } from "./identity-token.ts";

export interface WriterRole {
  readonly roleArn: string;
  /** Region whose STS is asked. */
  readonly region: string;
  /** Shows in CloudTrail as who wrote. */
  readonly sessionName: string;
}

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/**
 * AWS credentials without a stored key: the platform's identity token, exchanged for the writer role's session. The S3
 * client asks again by itself a few minutes before they expire, and each time a fresh token is fetched.
 * Source: AWS STS API reference, AssumeRoleWithWebIdentity (the call needs no signature)
 *
 * @throws IdentityTokenError, or what STS answers.
 */
export function webIdentityCredentials(role: WriterRole, token: IdentityToken): () => Promise<AwsCredentials> {
  return async () => {
    const provider = fromWebToken({
      roleArn: role.roleArn,
      roleSessionName: role.sessionName,
      webIdentityToken: await token(),
      clientConfig: { region: role.region },
    });
    return provider();
  };
}
