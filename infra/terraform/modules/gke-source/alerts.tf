locals {
  alerts = {
    dead-letters = {
      subscription = google_pubsub_subscription.dead_letter.name
      metric       = "pubsub.googleapis.com/subscription/num_undelivered_messages"
      threshold    = 0
      text         = "Audit records were given up after all attempts. They wait in the dead-letter subscription, and expire there: replay them."
    }
    behind = {
      subscription = google_pubsub_subscription.push.name
      metric       = "pubsub.googleapis.com/subscription/oldest_unacked_message_age"
      threshold    = 900
      text         = "The oldest audit record has waited for more than 15 minutes: the lake refuses writes, or the function cannot keep up."
    }
  }
}

resource "google_monitoring_alert_policy" "subscription" {
  for_each              = local.alerts
  project               = var.project_id
  display_name          = "ClusterTrail ${var.name}: ${each.key}"
  combiner              = "OR"
  notification_channels = var.notification_channels
  user_labels           = local.labels

  documentation {
    content = each.value.text
  }

  conditions {
    display_name = each.key

    condition_threshold {
      filter          = "resource.type=\"pubsub_subscription\" AND resource.labels.subscription_id=\"${each.value.subscription}\" AND metric.type=\"${each.value.metric}\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.threshold
      duration        = "300s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
}
