data "google_project" "this" {
  project_id = var.project_id
}

locals {
  source_projects = length(var.source_projects) == 0 ? toset([var.project_id]) : var.source_projects
  builds_function = var.push_endpoint == null

  labels = merge({ clustertrail = "gke-source" }, var.labels)

  exclusions = merge(
    var.exclude_leases ? { leases = "protoPayload.methodName=\"io.k8s.coordination.v1.leases.update\"" } : {},
    var.exclusions,
  )

  push_url      = local.builds_function ? google_cloudfunctions2_function.ingest[0].service_config[0].uri : var.push_endpoint
  push_audience = coalesce(var.push_audience, local.push_url)

  # Google's own account that moves messages: it makes the tokens of pushes and forwards dead letters.
  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}
