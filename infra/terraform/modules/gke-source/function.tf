# Who the function is. No role anywhere: it needs an identity token of its own, which the metadata server gives to
# anyone running as the account, and nothing else of Google.
resource "google_service_account" "function" {
  project      = var.project_id
  account_id   = "${var.name}-ingest"
  display_name = "ClusterTrail: writes GKE audit events to the lake"
}

resource "google_storage_bucket" "source" {
  count                       = local.builds_function ? 1 : 0
  project                     = var.project_id
  name                        = "${var.project_id}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true
  labels                      = local.labels
}

# The package's name holds a hash of its content: new code is a new object, and so a new revision.
resource "google_storage_bucket_object" "source" {
  count  = local.builds_function ? 1 : 0
  bucket = google_storage_bucket.source[0].name
  name   = basename(var.package_path)
  source = var.package_path
}

# An HTTP function with a subscription of our own, not an Eventarc trigger: Eventarc owns its subscription, where
# neither dead letter nor backoff could be set.
resource "google_cloudfunctions2_function" "ingest" {
  count       = local.builds_function ? 1 : 0
  project     = var.project_id
  location    = var.region
  name        = "${var.name}-ingest"
  description = "GKE audit logs into ${var.lake.lake_url}"
  labels      = local.labels

  build_config {
    runtime         = "nodejs24"
    entry_point     = "clustertrail"
    service_account = var.build_service_account

    source {
      storage_source {
        bucket = google_storage_bucket.source[0].name
        object = google_storage_bucket_object.source[0].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.function.email
    available_memory                 = var.function.memory
    available_cpu                    = var.function.cpu
    max_instance_request_concurrency = var.function.concurrency
    min_instance_count               = var.function.min_instances
    max_instance_count               = var.function.max_instances
    timeout_seconds                  = var.ack_deadline_seconds
    ingress_settings                 = var.ingress_settings
    all_traffic_on_latest_revision   = true

    environment_variables = merge(var.extra_environment, {
      CLUSTERTRAIL_LAKE         = var.lake.lake_url
      CLUSTERTRAIL_QUARANTINE   = var.lake.quarantine_url
      CLUSTERTRAIL_AWS_ROLE_ARN = var.lake.role_arn
      CLUSTERTRAIL_AWS_AUDIENCE = var.aws_audience
      CLUSTERTRAIL_AWS_REGION   = var.lake.region
    })
  }
}

# A function of the second generation is a Cloud Run service of the same name; IAM asks there. Nobody else may invoke it.
resource "google_cloud_run_service_iam_member" "push_invokes" {
  count    = local.builds_function ? 1 : 0
  project  = var.project_id
  location = google_cloudfunctions2_function.ingest[0].location
  service  = google_cloudfunctions2_function.ingest[0].name
  role     = "roles/run.invoker"
  member   = google_service_account.push.member
}
