output "lake_url" {
  description = "The lake as functions and the command line take it (CLUSTERTRAIL_LAKE, --lake)."
  value       = "s3://${aws_s3_bucket.lake.id}"
}

output "quarantine_url" {
  description = "Where functions put raw records (CLUSTERTRAIL_QUARANTINE)."
  value       = "s3://${aws_s3_bucket.quarantine.id}"
}

output "reference" {
  description = "Names and keys that a writer needs: input lake of the eks-source module."
  value = {
    bucket_name            = aws_s3_bucket.lake.id
    key_arn                = aws_kms_key.lake.arn
    quarantine_bucket_name = aws_s3_bucket.quarantine.id
    quarantine_key_arn     = aws_kms_key.quarantine.arn
  }
}

output "google_writer_role_arns" {
  description = "Role for each entry of google_writers (CLUSTERTRAIL_AWS_ROLE_ARN of the Google function)."
  value       = { for name, role in aws_iam_role.google_writer : name => role.arn }
}

output "azure_writer_role_arns" {
  description = "Role for each entry of azure_writers (CLUSTERTRAIL_AWS_ROLE_ARN of the Azure function)."
  value       = { for name, role in aws_iam_role.azure_writer : name => role.arn }
}
