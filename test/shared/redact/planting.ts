/** How a secret is planted in an event. */
export interface Surface {
  /** Number in docs/redaction.md. */
  readonly surface: number;
  readonly name: string;
  /** Rules that must have answered. */
  readonly rules: readonly string[];
  /** Any text is a secret here; otherwise the secret must look like one: see `kind`. */
  readonly kind: "any" | "jwt" | "url" | "pem" | "aws" | "name";
  readonly plant: (secret: string) => object;
}

export const b64 = (text: string) => Buffer.from(text).toString("base64");

export const secrets = { resource: "secrets", namespace: "shop", name: "db", apiVersion: "v1" };
export const podRef = { resource: "pods", namespace: "shop", name: "web", apiVersion: "v1" };

export function pod(spec: object): object {
  return {
    objectRef: { ...podRef, resource: "deployments", apiGroup: "apps" },
    requestObject: { kind: "Deployment", spec: { template: { spec } } },
  };
}

export function custom(kind: string, spec: object, more: object = {}): object {
  return {
    objectRef: { resource: "widgets", apiGroup: "example.com", name: "w" },
    requestObject: { kind, apiVersion: "example.com/v1", metadata: { name: "w" }, spec, ...more },
  };
}

export const any = (surface: number, name: string, rules: readonly string[], plant: Surface["plant"]): Surface => ({
  surface,
  name,
  rules,
  kind: "any",
  plant,
});

export const shaped = (
  surface: number,
  name: string,
  rules: readonly string[],
  kind: Surface["kind"],
  plant: Surface["plant"],
): Surface => ({ surface, name, rules, kind, plant });
