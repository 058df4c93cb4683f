import type { SourceContext } from "../../shared/adapter.ts";
import { given, rememberPlaces } from "../places.ts";

type Shape = Record<string, unknown>;

/** Diagnostic records, AzureDiagnostics rows and every table's standard column, in the order in which they are trusted. */
const RESOURCE_KEYS = ["resourceId", "_ResourceId", "ResourceId"] as const;

/** AKS, and Azure Arc for clusters that run elsewhere; the segment after it is the cluster's name. */
const CLUSTER_TYPES = new Set(["managedclusters", "connectedclusters"]);

const placeOfStatement = rememberPlaces((statement, context) => {
  const [resourceId = "", location = ""] = statement.split("\0");
  const said = parseResourceId(resourceId);
  return {
    provider: "aks",
    cloud: "azure",
    ...given("account", said?.subscription ?? context.account),
    ...given("region", location.toLowerCase().replaceAll(" ", "") || context.region),
    ...given("cluster", said?.cluster ?? context.cluster),
    ...given("clusterId", said?.id),
  };
});

/**
 * The cluster that a diagnostic record or a Log Analytics row is of. Its resource id wins over the caller's cluster and
 * account, its `location` over the caller's Region.
 */
export function aksPlace(record: Shape, context: SourceContext) {
  const key = RESOURCE_KEYS.find((name) => typeof record[name] === "string" && record[name] !== "");
  const location = record["location"];
  return placeOfStatement(
    `${key === undefined ? "" : (record[key] as string)}\0${typeof location === "string" ? location : ""}`,
    context,
  );
}

export interface ResourceId {
  readonly subscription: string;
  /** The cluster's name and its whole resource id; absent when the id is of something else. */
  readonly cluster?: string;
  readonly id?: string;
}

/**
 * Reads `/subscriptions/S/resourceGroups/G/providers/P/managedClusters/NAME`. Everything is put in lower case, the name
 * too: Azure writes one id in upper case in records, in lower case in `_ResourceId`, and as typed elsewhere, names are equal without regard to case, and one cluster must not become two partitions.
 * @returns undefined when `resourceId` is not an Azure resource id.
 */
export function parseResourceId(resourceId: string): ResourceId | undefined {
  const segments = resourceId.toLowerCase().split("/").filter(Boolean);
  const [first, subscription] = segments;
  if (first !== "subscriptions" || subscription === undefined) return undefined;
  const type = segments.findIndex((segment) => CLUSTER_TYPES.has(segment));
  const cluster = type === -1 ? undefined : segments[type + 1];
  if (cluster === undefined) return { subscription };
  return { subscription, cluster, id: `/${segments.slice(0, type + 2).join("/")}` };
}
