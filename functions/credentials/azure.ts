import { askForToken, type Fetch, type IdentityToken, IdentityTokenError } from "./identity-token.ts";

/**
 * The token of a Function App's managed identity, from the endpoint that App Service gives in IDENTITY_ENDPOINT and
 * IDENTITY_HEADER.
 * Source: learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference"
 *
 * @param audience the Application ID URI of the Entra application that stands for the AWS role (`api://...`).
 * @param clientId of the user-assigned identity; absent: the system-assigned one.
 */
export function azureIdentityToken(
  audience: string,
  clientId: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  fetchToken: Fetch = fetch,
): IdentityToken {
  return async () => {
    const endpoint = env["IDENTITY_ENDPOINT"];
    const header = env["IDENTITY_HEADER"];
    if (!endpoint || !header) {
      throw new IdentityTokenError(
        "no identity token: the Function App has no managed identity (IDENTITY_ENDPOINT is not set)",
      );
    }
    const url = new URL(endpoint);
    url.searchParams.set("api-version", "2019-08-01");
    url.searchParams.set("resource", audience);
    if (clientId !== undefined) url.searchParams.set("client_id", clientId);
    const text = await askForToken(
      fetchToken,
      url.href,
      { "X-IDENTITY-HEADER": header },
      "is the identity assigned to the Function App, and the audience an application of its tenant?",
    );
    const token = tokenIn(text);
    if (token === undefined) throw new IdentityTokenError("no identity token: the endpoint's answer holds none");
    return token;
  };
}

function tokenIn(text: string): string | undefined {
  try {
    const { access_token: token } = JSON.parse(text) as { access_token?: unknown };
    return typeof token === "string" && token !== "" ? token : undefined;
  } catch {
    return undefined;
  }
}
