output "service_account_email" {
  description = "The function's service account."
  value       = google_service_account.function.email
}

output "aws_trust" {
  description = "What the AWS role must trust: an entry of google_writers of the lake module."
  value = {
    unique_id = google_service_account.function.unique_id
    audience  = var.aws_audience
    projects  = tolist(local.source_projects)
  }
}

output "push_identity" {
  description = "E-mail address and audience on the tokens of pushes (CLUSTERTRAIL_OIDC_EMAIL and CLUSTERTRAIL_OIDC_AUDIENCE of the CDK stack's Lambda)."
  value = {
    email    = google_service_account.push.email
    audience = local.push_audience
  }
}

output "function_uri" {
  description = "URL of the function, or null when pushes go elsewhere."
  value       = one(google_cloudfunctions2_function.ingest[*].service_config[0].uri)
}

output "dead_letter_subscription" {
  description = "Subscription that holds messages which were given up."
  value       = google_pubsub_subscription.dead_letter.id
}

output "sink_filter" {
  description = "What the sinks select."
  value       = one(distinct([for sink in google_logging_project_sink.audit : sink.filter]))
}

output "excluded_at_sink" {
  description = "What the sinks leave out, by name: it is in no archive and cannot be backfilled from the topic."
  value       = local.exclusions
}

output "reads_collected" {
  description = "Whether this module switched on the logs that hold reads."
  value       = var.include_data_access
}

output "coverage" {
  description = "What is collected and what is not, in words."
  value = join(" ", concat(
    ["Writes are collected."],
    [var.include_data_access ? "Reads are switched on (${join(", ", var.data_access_log_types)} of ${var.data_access_service}); check that k8s.io entries arrive in the data_access log." : "Reads (get, list, watch, of secrets too, and pod logs) are NOT collected: Data Access logs are off."],
    [length(local.exclusions) == 0 ? "Nothing is excluded at the sink." : "Excluded at the sink: ${join(", ", keys(local.exclusions))}."],
  ))
}
