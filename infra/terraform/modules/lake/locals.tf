data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  quarantine_name = coalesce(var.quarantine_bucket_name, "${var.bucket_name}-quarantine")

  # Written out, because the keys' policies name the buckets and the buckets name the keys.
  arns = {
    lake       = "arn:${local.partition}:s3:::${var.bucket_name}"
    quarantine = "arn:${local.partition}:s3:::${local.quarantine_name}"
  }

  tags = merge({ "clustertrail:component" = "lake" }, var.tags)

  # What each writer may create: events in its provider's folders (in those of its accounts, if given), and raw records.
  # Quarantine is open below its root: a record that is not recognised has no provider or account to be filed under,
  # and one that is refused would be delivered again for ever. For the same reason account=unknown is always allowed.
  writers = merge(
    { for name, writer in var.aws_writers : "aws/${name}" => { provider = writer.provider, accounts = writer.accounts } },
    { for name, writer in var.google_writers : "google/${name}" => { provider = "gke", accounts = writer.projects } },
    { for name, writer in var.azure_writers : "azure/${name}" => { provider = "aks", accounts = [for id in writer.subscriptions : lower(id)] } },
  )

  event_folders = {
    for name, writer in local.writers : name => length(writer.accounts) == 0 ? ["${local.arns.lake}/events/v1/provider=${writer.provider}/*"] : [
      for account in concat(writer.accounts, ["unknown"]) : "${local.arns.lake}/events/v1/provider=${writer.provider}/account=${account}/*"
    ]
  }

  quarantine_folder = "${local.arns.quarantine}/quarantine/v1/*"
}
