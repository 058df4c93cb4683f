# A filter whose destination refuses it is switched off for up to ten minutes, and logs of that time are skipped, not
# queued. So the permission is there before the filter, names the function by name and not by version, and has no
# reason to be replaced as long as the function's name stays.
resource "aws_lambda_permission" "logs" {
  for_each       = local.log_groups
  statement_id   = "logs-${each.key}"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.ingest.function_name
  principal      = "logs.amazonaws.com"
  source_arn     = "arn:${local.partition}:logs:${local.region}:${local.account_id}:log-group:${each.value}:*"
  source_account = local.account_id
}

resource "aws_cloudwatch_log_subscription_filter" "audit" {
  for_each       = local.log_groups
  name           = var.name
  log_group_name = each.value

  # A term, never a JSON pattern: a JSON pattern matches only what parses, and so drops exactly the events that were
  # cut. The term stands at the beginning of every audit event, cut or not; other control-plane logs rarely hold it.
  filter_pattern  = "\"audit.k8s.io\""
  destination_arn = aws_lambda_function.ingest.arn

  depends_on = [aws_lambda_permission.logs, aws_lambda_function_event_invoke_config.ingest]
}
