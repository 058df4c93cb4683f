import { askForToken, type Fetch, type IdentityToken } from "./identity-token.ts";

/** The variable by which Google's own libraries find the metadata server elsewhere. */
const HOST_VARIABLE = "GCE_METADATA_HOST";

/**
 * The identity token of the service account that a Cloud Run service runs as, from the metadata server. It lives an hour.
 * Source: cloud.google.com/run/docs/securing/service-identity, "Fetch identity and access tokens"
 *
 * @param audience becomes the token's `aud`, which AWS compares under the condition key `accounts.google.com:oaud`.
 */
export function googleIdentityToken(
  audience: string,
  env: NodeJS.ProcessEnv = process.env,
  fetchToken: Fetch = fetch,
): IdentityToken {
  const host = env[HOST_VARIABLE] ?? "metadata.google.internal";
  const query = new URLSearchParams({ audience, format: "full" });
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/identity?${query}`;
  return async () => {
    const token = await askForToken(
      fetchToken,
      url,
      { "Metadata-Flavor": "Google" },
      "does the service have a service account?",
    );
    return token.trim();
  };
}
