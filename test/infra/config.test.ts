import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VARIABLES } from "../../functions/environment.ts";
import { ConfigError, loadConfig, parseConfig } from "../../infra/config/load.ts";
import { FunctionAssets } from "../../infra/function-assets.ts";
import { bucketNames } from "../../infra/names.ts";
import { FULL_CONFIG } from "./config.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const EXAMPLE = join(ROOT, "clustertrail.config.example.yaml");

const MINIMAL = `lake:
  account: "111122223333"
  region: eu-west-1
deployments:
  - account: "111122223333"
    region: eu-west-1
`;

function messageOf(text: string): string {
  try {
    parseConfig(text, "clustertrail.config.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("the configuration was accepted");
}

/** The minimal configuration with some lines put below `lake:` or at the end, and what is said of it. */
const WRONG: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    "a number out of bounds",
    MINIMAL.replace("lake:\n", "lake:\n  lifecycle:\n    coldAfterDays: 5\n"),
    "clustertrail.config.yaml:3:5 lake.lifecycle.coldAfterDays must be a whole number of days from 60 to 36500",
  ],
  [
    "a text where a number belongs",
    MINIMAL.replace("lake:\n", "lake:\n  lifecycle: { expireAfterDays: never }\n"),
    "clustertrail.config.yaml:2:16 lake.lifecycle.expireAfterDays must be a whole number of days from 1 to 36500",
  ],
  [
    "transitions in the wrong order",
    MINIMAL.replace("lake:\n", "lake:\n  lifecycle:\n    infrequentAccessAfterDays: 100\n    coldAfterDays: 110\n"),
    "clustertrail.config.yaml:4:5 lake.lifecycle.coldAfterDays must be at least 30 days more than infrequentAccessAfterDays",
  ],
  [
    "an expiry before the last transition",
    MINIMAL.replace("lake:\n", "lake:\n  lifecycle:\n    expireAfterDays: 100\n"),
    "clustertrail.config.yaml:3:5 lake.lifecycle.expireAfterDays must be more than coldAfterDays",
  ],
  [
    "a lock that outlasts the expiry",
    MINIMAL.replace("lake:\n", "lake:\n  objectLock: { mode: governance, days: 3000 }\n"),
    "clustertrail.config.yaml:2:35 lake.objectLock.days must not be more than lake.lifecycle.expireAfterDays",
  ],
  [
    "an unknown key",
    MINIMAL.replace("lake:\n", "lake:\n  lifecylce: {}\n"),
    "clustertrail.config.yaml:2:3 lake.lifecylce is not a known key",
  ],
  [
    "an account without quotes",
    MINIMAL.replace('lake:\n  account: "111122223333"', "lake:\n  account: 111122223333"),
    'clustertrail.config.yaml:2:3 lake.account must be a 12-digit AWS account in quotes, such as "111122223333"',
  ],
  [
    "a missing key",
    MINIMAL.replace("  region: eu-west-1\ndep", "dep"),
    "clustertrail.config.yaml:1:1 lake.region is missing",
  ],
  [
    "no deployments",
    MINIMAL.replace(/deployments:[\s\S]*/, "deployments: []\n"),
    "clustertrail.config.yaml:4:1 deployments must be a list with at least one account and Region",
  ],
  [
    "a map where a list belongs",
    MINIMAL.replace(/deployments:[\s\S]*/, "deployments: {}\n"),
    "clustertrail.config.yaml:4:1 deployments must be a list of deployments",
  ],
  [
    "a list where a map belongs",
    MINIMAL.replace("lake:\n", "alarms: []\nlake:\n"),
    "clustertrail.config.yaml:1:1 alarms must be a map of keys and values",
  ],
  [
    "the same place twice",
    `${MINIMAL}  - account: "111122223333"\n    region: eu-west-1\n`,
    "clustertrail.config.yaml:7:5 deployments[1] must not repeat the account and Region of an earlier deployment",
  ],
  [
    "a deployment elsewhere without the keys",
    MINIMAL.replace('- account: "111122223333"', '- account: "444455556666"'),
    "clustertrail.config.yaml:1:1 lake.keyArn must be given",
  ],
  [
    "two clusters of one name",
    `${MINIMAL}    eks: { clusters: [{ name: one }] }\n    webhook: { clusters: [{ name: one }] }\n`,
    "clustertrail.config.yaml:8:29 deployments[0].webhook.clusters[0].name must not be the name of another cluster",
  ],
  [
    "AKS by Kafka without the word",
    `${MINIMAL}    aks:\n      experimental: false\n      namespace: example-hubs\n      eventHub: audit\n      secretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:hubs-AbCdEf\n`,
    "clustertrail.config.yaml:8:7 deployments[0].aks.experimental must be true: this way was never tried against Azure",
  ],
  [
    "a role with a wildcard",
    MINIMAL.replace("lake:\n", "lake:\n  breakGlassRoles: ['arn:aws:iam::111122223333:role/*']\n"),
    "clustertrail.config.yaml:2:21 lake.breakGlassRoles[0] must be an ARN without wildcards",
  ],
  ["broken YAML", "lake: [", "clustertrail.config.yaml:1:8 is not YAML (BAD_INDENT)"],
  ["an empty file", "", "clustertrail.config.yaml:1:1 lake is missing"],
];

describe("configuration", () => {
  it.each(WRONG)("%s: says file, line, key and what it must be", (_, text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  it("says all faults, in the order of the file", () => {
    const lines = messageOf("alarms: { lagP99Seconds: 0 }\nnames: x\nlake: 1\n").split("\n");
    expect(lines.map((line) => line.split(" ", 2).join(" "))).toEqual([
      "clustertrail.config.yaml:1:1 deployments",
      "clustertrail.config.yaml:1:11 alarms.lagP99Seconds",
      "clustertrail.config.yaml:2:1 names",
      "clustertrail.config.yaml:3:1 lake",
    ]);
  });

  it("quotes no value: one may be a secret in the wrong place", () => {
    const secret = "Endpoint=sb://x/;SharedAccessKey=abcdef";
    const text = `${MINIMAL}    fingerprintSecretArn: "${secret}"\n`;
    expect(messageOf(text)).not.toContain("SharedAccessKey");
  });

  it("needs little: the rest has defaults", () => {
    const config = parseConfig(MINIMAL, "x");
    expect(config).toMatchObject({
      name: "clustertrail",
      logRetentionDays: 30,
      alarms: { lagP99Seconds: 60, silenceMinutes: 60 },
      lake: {
        lifecycle: {
          infrequentAccessAfterDays: 90,
          coldAfterDays: 365,
          expireAfterDays: 2555,
          minTransitionKiB: 128,
          quarantineDays: 30,
          failedDays: 30,
        },
      },
    });
    expect(bucketNames(config)).toEqual({
      lake: "clustertrail-lake-111122223333-eu-west-1",
      quarantine: "clustertrail-lake-111122223333-eu-west-1-quarantine",
    });
  });

  it("makes no bucket name that is too long", () => {
    const long = MINIMAL.replaceAll("eu-west-1", "ap-southeast-1").replace("lake:", "name: abcdefghijklmnopqr\nlake:");
    expect(bucketNames(parseConfig(long, "x")).quarantine.length).toBeLessThanOrEqual(63);
  });

  it("the example is valid, as it is and with what it comments out", () => {
    expect(loadConfig(EXAMPLE).deployments).toHaveLength(1);
    const all = readFileSync(EXAMPLE, "utf8").replace(/^( *)# ( *(?:- )?(?:[a-zA-Z]+:(?: .*)?|arn:.*))$/gm, "$1$2");
    const config = parseConfig(all, "example");
    expect(config.deployments[0]?.aks?.experimental).toBe(true);
    expect(config.lake.writers.organization).toBe("o-exampleorgid");
    expect(config.lake.objectLock?.mode).toBe("governance");
  });

  it("says so when there is no file", () => {
    expect(() => loadConfig("missing.yaml")).toThrow("missing.yaml cannot be read (ENOENT)");
  });
});

describe("between configuration and functions", () => {
  it("the full test configuration is one that can be parsed", () => {
    expect(parseConfig(FULL_CONFIG, "x").deployments).toHaveLength(2);
  });

  it("says what to run when there are no bundles", () => {
    const empty = mkdtempSync(join(tmpdir(), "clustertrail-empty-"));
    expect(() => new FunctionAssets(empty).path("webhook")).toThrow(/run `npm run build` first/);
  });

  it("the functions know every variable that they are given", () => {
    const known = Object.values(VARIABLES).map(({ name }) => name as string);
    const sources = ["collector-function", "gke-ingest", "aks-ingest", "webhook", "redrive", "writer-access"]
      .map((name) => readFileSync(join(ROOT, "infra", `${name}.ts`), "utf8"))
      .join("\n");
    const given = [...new Set(sources.match(/CLUSTERTRAIL_[A-Z_]+/g))];
    expect(given.length).toBeGreaterThan(8);
    expect(given.filter((name) => !known.includes(name))).toEqual([]);
  });
});
