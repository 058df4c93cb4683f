import { DECISION } from "./authorization.ts";
import { objectOf } from "./entry.ts";

/** Labels in these domains are Cloud Logging's or a Google service's, not the API server's audit annotations. */
const FOREIGN_DOMAIN = ".googleapis.com";

/**
 * Labels as BigQuery export spells them: what is not a letter or digit became `_`. Only the labels that the API server
 * and GKE always write can be turned back; the spelling of others is lost.
 */
const BIGQUERY_LABELS: Readonly<Record<string, string>> = {
  authorization_k8s_io_decision: DECISION,
  authorization_k8s_io_reason: "authorization.k8s.io/reason",
  audit_k8s_io_truncated: "audit.k8s.io/truncated",
  authentication_kubernetes_io_credential_id: "authentication.kubernetes.io/credential-id",
  k8s_io_deprecated: "k8s.io/deprecated",
  k8s_io_removed_release: "k8s.io/removed-release",
  command_gke_io_command: "command.gke.io/command",
  command_gke_io_dryRun: "command.gke.io/dryRun",
};

/**
 * An entry's labels as audit annotations: the keys with a domain (`authorization.k8s.io/decision`,
 * `command.gke.io/command`). Left out: keys without one (`cluster_version`), Google's own, and values that are no text.
 *
 * @returns undefined when none is left
 */
export function annotationsOf(labels: unknown): Record<string, string> | undefined {
  const given = objectOf(labels);
  if (given === undefined) return undefined;
  let annotations: Record<string, string> | undefined;
  for (const label in given) {
    const key = annotationKey(label);
    const value = given[label];
    if (key === undefined) continue;
    if (typeof value !== "string" && typeof value !== "boolean" && typeof value !== "number") continue;
    annotations ??= {};
    annotations[key] = String(value);
  }
  return annotations;
}

function annotationKey(label: string): string | undefined {
  const slash = label.indexOf("/");
  // `hasOwn`: a label named `constructor` must find nothing.
  if (slash === -1) return Object.hasOwn(BIGQUERY_LABELS, label) ? BIGQUERY_LABELS[label] : undefined;
  return label.endsWith(FOREIGN_DOMAIN, slash) ? undefined : label;
}
