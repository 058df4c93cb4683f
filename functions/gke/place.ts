import type { Place, SourceContext } from "../../shared/adapter.ts";
import { given, rememberPlaces } from "../places.ts";
import { type LogEntry, objectOf, textOf } from "./entry.ts";

const placeOfStatement = rememberPlaces((statement, context) => {
  const [project, location, name] = statement.split("\0");
  const account = project || context.account;
  const region = location || context.region;
  const cluster = name || context.cluster;
  return {
    provider: "gke",
    cloud: "gcp",
    ...given("account", account),
    ...given("region", region),
    ...given("cluster", cluster),
    ...given("clusterId", account && region && cluster ? fullName(account, region, cluster) : undefined),
  };
});

/**
 * The cluster that an entry is of: its resource labels, which win over what the caller knows. The location is a region
 * or a zone; the labels of the first generation called it zone.
 */
export function gkePlace(entry: LogEntry | undefined, context: SourceContext): Place {
  const labels = objectOf(objectOf(entry?.["resource"])?.["labels"]);
  const project = textOf(labels?.["project_id"]) ?? "";
  const location = textOf(labels?.["location"]) ?? textOf(labels?.["zone"]) ?? "";
  return placeOfStatement(`${project}\0${location}\0${textOf(labels?.["cluster_name"]) ?? ""}`, context);
}

/** The full resource name of a cluster (Google Cloud resource names, container.googleapis.com). */
function fullName(project: string, location: string, cluster: string): string {
  return `//container.googleapis.com/projects/${project}/locations/${location}/clusters/${cluster}`;
}
