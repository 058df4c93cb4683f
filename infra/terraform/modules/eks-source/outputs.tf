output "function_arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.ingest.arn
}

output "role_arn" {
  description = "The function's role: what aws_writers of a lake in another account must name."
  value       = aws_iam_role.function.arn
}

output "log_groups" {
  description = "Log groups that are read, by cluster."
  value       = local.log_groups
}

output "filter_pattern" {
  description = "The pattern that selects audit events, truncated ones included."
  value       = one(distinct([for filter in aws_cloudwatch_log_subscription_filter.audit : filter.filter_pattern]))
}

output "failed_url" {
  description = "Where Lambda keeps payloads that it gave up (CLUSTERTRAIL_FAILED, for redrive)."
  value       = "s3://${aws_s3_bucket.failed.id}/aws/lambda/async/${var.name}"
}
