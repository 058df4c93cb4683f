/** Gets a fresh token that says who this workload is, for the audience that the AWS role's trust policy names. */
export type IdentityToken = () => Promise<string>;

/** The platform's token endpoint did not give a token. Says what to check; never holds a token. */
export class IdentityTokenError extends Error {
  override readonly name = "IdentityTokenError";
}

export type Fetch = (url: string, init: { headers: Record<string, string>; signal: AbortSignal }) => Promise<Response>;

/** Both endpoints answer on the machine itself, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** @throws IdentityTokenError with `advice` when there is no answer, or one that is not 200. */
export async function askForToken(
  fetchToken: Fetch,
  url: string,
  headers: Record<string, string>,
  advice: string,
): Promise<string> {
  let response: Response;
  try {
    response = await fetchToken(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw new IdentityTokenError(`no identity token (${(error as { name?: string }).name ?? "unknown"}): ${advice}`);
  }
  if (!response.ok) throw new IdentityTokenError(`no identity token (HTTP ${response.status}): ${advice}`);
  return response.text();
}
