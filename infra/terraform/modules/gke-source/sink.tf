# Kubernetes audit entries are those of serviceName k8s.io; container.googleapis.com is GKE's own API. Admin Activity
# cannot be switched off; data_access is empty unless someone pays for it (see include_data_access).
resource "google_logging_project_sink" "audit" {
  for_each               = local.source_projects
  project                = each.key
  name                   = var.name
  description            = "Kubernetes audit logs to ClusterTrail"
  destination            = "pubsub.googleapis.com/${google_pubsub_topic.audit.id}"
  filter                 = "logName=~\"projects/.+/logs/cloudaudit.googleapis.com%2F(activity|data_access)\" AND protoPayload.serviceName=\"k8s.io\""
  unique_writer_identity = true

  dynamic "exclusions" {
    for_each = local.exclusions

    content {
      name   = exclusions.key
      filter = exclusions.value
    }
  }
}

resource "google_pubsub_topic_iam_member" "sink" {
  for_each = google_logging_project_sink.audit
  project  = var.project_id
  topic    = google_pubsub_topic.audit.name
  role     = "roles/pubsub.publisher"
  member   = each.value.writer_identity
}

# Authoritative for this one service in the project: exemptions that others made for it would be taken back.
resource "google_project_iam_audit_config" "reads" {
  for_each = var.include_data_access ? local.source_projects : toset([])
  project  = each.key
  service  = var.data_access_service

  dynamic "audit_log_config" {
    for_each = var.data_access_log_types

    content {
      log_type = audit_log_config.value
    }
  }
}
