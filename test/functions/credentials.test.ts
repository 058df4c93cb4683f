import { describe, expect, it } from "vitest";
import { azureIdentityToken } from "../../functions/credentials/azure.ts";
import { googleIdentityToken } from "../../functions/credentials/google.ts";
import type { Fetch } from "../../functions/credentials/identity-token.ts";

function recording(answer: () => Response | Promise<Response>) {
  const asked: { url: string; headers: Record<string, string> }[] = [];
  const fetchToken: Fetch = async (url, { headers }) => {
    asked.push({ url, headers });
    return answer();
  };
  return { asked, fetchToken };
}

describe("Google's identity token", () => {
  it("comes from the metadata server, for the audience asked for", async () => {
    const { asked, fetchToken } = recording(() => new Response("the.token.itself\n"));
    expect(await googleIdentityToken("a lake & more", {}, fetchToken)()).toBe("the.token.itself");
    const url = new URL(asked[0]!.url);
    expect(url.host).toBe("metadata.google.internal");
    expect(url.searchParams.get("audience")).toBe("a lake & more");
    expect(asked[0]!.headers).toEqual({ "Metadata-Flavor": "Google" });
  });

  it("says what to check when there is none, without what was answered", async () => {
    const { fetchToken } = recording(() => new Response("hunter2", { status: 404 }));
    const failed = googleIdentityToken("lake", {}, fetchToken)();
    await expect(failed).rejects.toThrow("no identity token (HTTP 404): does the service have a service account?");
    const offline = recording(() => Promise.reject(new TypeError("fetch failed")));
    await expect(googleIdentityToken("lake", {}, offline.fetchToken)()).rejects.toThrow(
      "no identity token (TypeError)",
    );
  });
});

describe("Azure's identity token", () => {
  const env = { IDENTITY_ENDPOINT: "http://127.0.0.1:41741/msi/token", IDENTITY_HEADER: "guid" };

  it("comes from App Service's endpoint, for the identity asked for", async () => {
    const { asked, fetchToken } = recording(() => Response.json({ access_token: "a.b.c" }));
    expect(await azureIdentityToken("api://lake", "client", env, fetchToken)()).toBe("a.b.c");
    expect(Object.fromEntries(new URL(asked[0]!.url).searchParams)).toEqual({
      "api-version": "2019-08-01",
      resource: "api://lake",
      client_id: "client",
    });
    expect(asked[0]!.headers).toEqual({ "X-IDENTITY-HEADER": "guid" });
  });

  it("says what is missing", async () => {
    const { fetchToken } = recording(() => new Response("hunter2"));
    await expect(azureIdentityToken("api://lake", undefined, {}, fetchToken)()).rejects.toThrow("no managed identity");
    const failed = azureIdentityToken("api://lake", undefined, env, fetchToken)();
    await expect(failed).rejects.toThrow("the endpoint's answer holds none");
  });
});
