import type { SourceContext } from "../../shared/adapter.ts";
import { given, rememberPlaces } from "../places.ts";

/**
 * AWS partitions by the beginning of their Region names; anything else is the commercial partition.
 * Source: `partitions.json` of the AWS SDK for JavaScript (regionRegex of every partition).
 */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["us-iso-", "aws-iso"],
  ["us-isob-", "aws-iso-b"],
  ["eu-isoe-", "aws-iso-e"],
  ["us-isof-", "aws-iso-f"],
  ["eusc-", "aws-eusc"],
];

/** EKS writes the logs of cluster NAME to this group (EKS user guide, control plane logs). */
const LOG_GROUP = /^\/aws\/eks\/([^/]+)\/cluster$/;

const placeOfStatement = rememberPlaces((statement, context) => {
  const [owner, group = ""] = statement.split("\0");
  const account = owner || context.account;
  const cluster = LOG_GROUP.exec(group)?.[1] ?? context.cluster;
  const region = context.region;
  return {
    provider: "eks",
    cloud: "aws",
    ...given("account", account),
    ...given("region", region),
    ...given("cluster", cluster),
    ...given("clusterId", account && cluster && region ? arn(region, account, cluster) : undefined),
  };
});

/**
 * The cluster that a log group belongs to. The group and its owner win over the caller's cluster and account; the
 * Region is only ever known to the caller: no CloudWatch document names it.
 * @param owner 12-digit account, or undefined (a page of filter-log-events does not say)
 */
export function eksPlace(owner: unknown, logGroup: unknown, context: SourceContext) {
  const account = typeof owner === "string" ? owner : "";
  return placeOfStatement(`${account}\0${typeof logGroup === "string" ? logGroup : ""}`, context);
}

function arn(region: string, account: string, cluster: string): string {
  const partition = PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
  return `arn:${partition}:eks:${region}:${account}:cluster/${cluster}`;
}
