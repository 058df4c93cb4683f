resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = local.tags
}

resource "aws_lambda_function" "ingest" {
  function_name = var.name
  description   = "EKS audit logs into ${var.lake.bucket_name}"
  role          = aws_iam_role.function.arn

  filename         = var.package_path
  source_code_hash = filebase64sha256(var.package_path)
  handler          = "index.handler"
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]

  memory_size                    = var.memory_mb
  timeout                        = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = merge(var.extra_environment, {
      CLUSTERTRAIL_LAKE       = "s3://${var.lake.bucket_name}"
      CLUSTERTRAIL_QUARANTINE = "s3://${var.lake.quarantine_bucket_name}"
      CLUSTERTRAIL_ACCOUNT    = local.account_id
      CLUSTERTRAIL_REGION     = local.region
    })
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  tags = local.tags

  depends_on = [aws_iam_role_policy.function]
}

# CloudWatch Logs invokes asynchronously: two more tries after an error, six hours of tries after throttling. What then
# is left goes to S3, the one destination that takes a payload of a megabyte whole.
resource "aws_lambda_function_event_invoke_config" "ingest" {
  function_name                = aws_lambda_function.ingest.function_name
  maximum_event_age_in_seconds = 21600
  maximum_retry_attempts       = 2

  destination_config {
    on_failure {
      destination = aws_s3_bucket.failed.arn
    }
  }
}
