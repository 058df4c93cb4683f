data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  # The attribute "name" is deprecated since provider 6, and "region" does not exist before it; "id" is in both.
  region = data.aws_region.current.id

  lake_arn       = "arn:${local.partition}:s3:::${var.lake.bucket_name}"
  quarantine_arn = "arn:${local.partition}:s3:::${var.lake.quarantine_bucket_name}"

  # account=unknown: a payload without an owner must find a place too, or it would fail until it is dropped.
  accounts = distinct(concat(length(var.accounts) == 0 ? [local.account_id] : var.accounts, ["unknown"]))

  log_groups = { for name in var.clusters : name => "/aws/eks/${name}/cluster" }

  tags = merge({ "clustertrail:component" = "eks-source" }, var.tags)
}
