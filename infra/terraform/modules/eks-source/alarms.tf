locals {
  function_alarms = {
    errors        = { metric = "Errors", text = "The function failed: the lake refused a write. Lambda tries again." }
    throttles     = { metric = "Throttles", text = "Invocations wait for a free slot; after six hours they are given up." }
    dropped       = { metric = "AsyncEventsDropped", text = "Payloads were given up: see the bucket of failed invocations, then redrive." }
    undeliverable = { metric = "DestinationDeliveryFailures", text = "A payload that was given up could not even be kept: events are lost. Backfill." }
  }
}

resource "aws_cloudwatch_metric_alarm" "function" {
  for_each            = local.function_alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.text
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = aws_lambda_function.ingest.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "delivery" {
  for_each            = local.log_groups
  alarm_name          = "${var.name}-delivery-errors-${each.key}"
  alarm_description   = "CloudWatch Logs could not deliver ${each.key}: while the filter is switched off, events are skipped. Backfill."
  namespace           = "AWS/Logs"
  metric_name         = "DeliveryErrors"
  dimensions          = { LogGroupName = each.value, DestinationType = "Lambda", FilterName = var.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.alarm_topic_arns
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "silence" {
  for_each            = local.log_groups
  alarm_name          = "${var.name}-silence-${each.key}"
  alarm_description   = "Nothing from ${each.key} for ${var.silence_minutes} minutes."
  namespace           = "AWS/Logs"
  metric_name         = "ForwardedLogEvents"
  dimensions          = { LogGroupName = each.value, DestinationType = "Lambda", FilterName = var.name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = var.silence_minutes / 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  # No data is what silence looks like.
  treat_missing_data = "breaching"
  alarm_actions      = var.alarm_topic_arns
  ok_actions         = var.alarm_topic_arns
  tags               = local.tags
}
