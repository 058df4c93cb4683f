import { describe, expect, it } from "vitest";
import { isReferenceName, isSecretName, STEM, STEM_TRIGGERS } from "../../../shared/redact/names.ts";

const SECRET =
  "password DB_PASSWORD dbPassword PGPASSWORD passwd db_pass mysql-root-password passphrase secret clientSecret client_secret token apiToken AUTH_TOKEN " +
  "accessToken refresh_token apiKey API_KEY api-key x-api-key accessKey AWS_SECRET_ACCESS_KEY secretKey privateKey private_key AccountKey " +
  "sharedAccessKey encryptionKey signing-key connectionString credential credentials dockerCredentials authorization Authorization proxy-authorization " +
  "cookie Set-Cookie jwt pwd --token secret_id license-key --db-password passwordHash tokens bootstrapToken";

const NOT =
  "secretName secret-name secretRef secretKeyRef imagePullSecrets secrets passwordSecretRef tokenExpirationSeconds tokenFile token-auth-file " +
  "service-account-private-key-file passwordPolicy tokenTTL automountServiceAccountToken existingSecret secretStore secretStoreRef tokenUrl " +
  "token_endpoint accessKeyId access_key_id clientId name kind bypass compass passthrough author authorization-mode authorization.k8s.io " +
  "passwordKey tokenKey usernameKey cookieName tokenReviewer useServiceAccountCredentials secretProviderClass tokenAudience enableTokenAuth " +
  "public-key key keys monkey secretNamespace";

describe("names", () => {
  it.each(SECRET.split(" "))("%s says its value is a secret", (name) => expect(isSecretName(name)).toBe(true));
  it.each(NOT.split(" "))("%s does not", (name) => expect(isSecretName(name)).toBe(false));

  it("has a stem, and a trigger, in every secret name", () => {
    for (const name of SECRET.split(" ")) {
      STEM.lastIndex = 0;
      expect(STEM.test(name), name).toBe(true);
      expect(
        STEM_TRIGGERS.some((trigger) => name.toLowerCase().includes(trigger)),
        name,
      ).toBe(true);
    }
  });

  it("tells references from values", () => {
    for (const name of ["name", "key", "secretKeyRef", "audience", "expirationSeconds", "namespace", "path"]) {
      expect(isReferenceName(name), name).toBe(true);
    }
    for (const name of ["value", "pin", "login", "plaintext"]) expect(isReferenceName(name), name).toBe(false);
  });
});
