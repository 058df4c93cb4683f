import type { Finding } from "./load.ts";
import type { Config } from "./schema.ts";

/** What one key alone cannot show. Returns all findings; none means that the configuration can be deployed. */
export function crossChecks(config: Config): Finding[] {
  return CHECKS.flatMap((check) => check(config));
}

/** True when the deployment stands where the lake is, and may refer to it instead of being told. */
export function holdsLake({ lake }: Config, place: { account: string; region: string }): boolean {
  return place.account === lake.account && place.region === lake.region;
}

const CHECKS: readonly ((config: Config) => Finding[])[] = [
  lifecycleOrder,
  objectLock,
  places,
  farDeployments,
  clusterNames,
  writerNames,
];

/** S3 refuses a GLACIER transition less than 30 days after the one to STANDARD_IA, and one after the expiry. */
function lifecycleOrder({ lake: { lifecycle } }: Config): Finding[] {
  const { infrequentAccessAfterDays, coldAfterDays, expireAfterDays } = lifecycle;
  const findings: Finding[] = [];
  const add = (key: string, message: string) => findings.push({ path: ["lake", "lifecycle", key], message });
  if (coldAfterDays < infrequentAccessAfterDays + 30) {
    add("coldAfterDays", "must be at least 30 days more than infrequentAccessAfterDays");
  }
  if (expireAfterDays <= coldAfterDays) add("expireAfterDays", "must be more than coldAfterDays");
  return findings;
}

/** Lifecycle cannot delete what is locked: a lock that outlasts the expiry only looks like one that does not. */
function objectLock({ lake: { objectLock: lock, lifecycle } }: Config): Finding[] {
  if (lock === undefined || lock.days <= lifecycle.expireAfterDays) return [];
  return [{ path: ["lake", "objectLock", "days"], message: "must not be more than lake.lifecycle.expireAfterDays" }];
}

function places({ deployments }: Config): Finding[] {
  return repeated(deployments.map(({ account, region }) => `${account} ${region}`)).map((index) => ({
    path: ["deployments", index],
    message: "must not repeat the account and Region of an earlier deployment",
  }));
}

/** Without lookups, the only way to know the keys of a lake elsewhere is to be told. */
function farDeployments(config: Config): Finding[] {
  if (config.deployments.every((deployment) => holdsLake(config, deployment))) return [];
  return (["keyArn", "quarantineKeyArn"] as const)
    .filter((key) => config.lake[key] === undefined)
    .map((key) => ({
      path: ["lake", key],
      message:
        "must be given (an output of the lake's stack) when a deployment is outside the lake's account and Region",
    }));
}

/** Metrics have the cluster's name as their only dimension: two clusters of one name would share a silence alarm. */
function clusterNames({ deployments }: Config): Finding[] {
  return deployments.flatMap((deployment, i) => {
    const sources = (["eks", "gke", "aks", "webhook"] as const).flatMap((source) =>
      (deployment[source]?.clusters ?? []).map(({ name }, j) => ({ name, path: [source, "clusters", j, "name"] })),
    );
    return repeated(sources.map(({ name }) => name)).map((index) => ({
      path: ["deployments", i, ...sources[index]!.path],
      message: "must not be the name of another cluster in the same account and Region",
    }));
  });
}

function writerNames({ lake: { writers } }: Config): Finding[] {
  const all = (["google", "azure"] as const).flatMap((kind) => writers[kind].map(({ name }, i) => ({ kind, name, i })));
  return repeated(all.map(({ name }) => name)).map((index) => ({
    path: ["lake", "writers", all[index]!.kind, all[index]!.i, "name"],
    message: "must not be the name of another writer",
  }));
}

/** Indices of values that occurred before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));
}
