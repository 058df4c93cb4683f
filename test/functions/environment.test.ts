import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { EnvironmentError, readEnvironment, VARIABLES } from "../../functions/environment.ts";

const WHERE = "the CDK stack";

describe("readEnvironment", () => {
  it("gives a frozen record of what was asked for", () => {
    const env = {
      CLUSTERTRAIL_LAKE: "s3://audit-lake/x",
      CLUSTERTRAIL_REGION: "",
      CLUSTERTRAIL_CLUSTER: "prod",
      OTHER: "x",
    };
    const read = readEnvironment(env, ["lake"], ["region", "cluster"], WHERE);
    expect(read).toEqual({ lake: "s3://audit-lake/x", cluster: "prod" });
    expect(Object.isFrozen(read)).toBe(true);
  });

  it("names every variable that is wrong, its form and where to set it, and quotes no value", () => {
    const env = { CLUSTERTRAIL_TOKEN_SECRET_ARN: "hunter2", CLUSTERTRAIL_OIDC_EMAIL: "nobody" };
    const read = () => readEnvironment(env, ["lake", "tokenSecret"], ["oidcEmail"], WHERE);
    expect(read).toThrow(EnvironmentError);
    try {
      read();
    } catch (error) {
      const { message } = error as Error;
      expect(message).toContain("CLUSTERTRAIL_LAKE is missing: the lake's URL, s3://bucket/prefix");
      expect(message).toContain("CLUSTERTRAIL_TOKEN_SECRET_ARN is not of the form");
      expect(message).toContain("CLUSTERTRAIL_OIDC_EMAIL is not of the form");
      expect(message).toContain("which the CDK stack does");
      expect(message).not.toContain("hunter2");
      expect(message).not.toContain("nobody");
    }
  });

  it("takes what AWS, Google and Azure write", () => {
    const good: Partial<Record<keyof typeof VARIABLES, string[]>> = {
      tokenSecret: ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:clustertrail-token-AbCdEf"],
      fingerprintSecret: ["arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:a/b_c-AbCdEf"],
      awsRole: ["arn:aws:iam::111122223333:role/clustertrail-writer", "arn:aws-cn:iam::111122223333:role/path/x"],
      awsRegion: ["eu-west-1", "us-gov-west-1", "ap-southeast-12"],
      azureClient: ["00000000-0000-0000-0000-000000000000"],
      oidcEmail: ["push@example-project.iam.gserviceaccount.com"],
    };
    for (const [variable, values] of Object.entries(good)) {
      const rule = VARIABLES[variable as keyof typeof VARIABLES];
      for (const value of values) expect(rule.pattern.test(value), `${rule.name} ${value}`).toBe(true);
    }
  });

  it("every variable that infrastructure sets is one that functions read", () => {
    const root = resolve(import.meta.dirname, "../..");
    const known = new Set<string>([...Object.values(VARIABLES).map(({ name }) => name), ...READ_ELSEWHERE]);
    const set = readdirSync(join(root, "infra"), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:ts|tf)$/.test(name))
      .flatMap((name) => [
        ...readFileSync(join(root, "infra", name), "utf8").matchAll(/\bCLUSTERTRAIL_[A-Z][A-Z_]*[A-Z]\b/g),
      ])
      .map(([name]) => name);
    expect([...new Set(set)].filter((name) => !known.has(name))).toEqual([]);
  });
});

/** Read by the CDK app, by the lake, and by the Azure Functions host as the trigger's settings. */
const READ_ELSEWHERE = [
  "CLUSTERTRAIL_CONFIG",
  "CLUSTERTRAIL_S3_PATH_STYLE",
  "CLUSTERTRAIL_EVENTHUB",
  "CLUSTERTRAIL_EVENTHUB_NAME",
  "CLUSTERTRAIL_EVENTHUB_CONSUMER_GROUP",
];
