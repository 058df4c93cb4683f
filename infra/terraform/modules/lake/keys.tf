resource "aws_kms_key" "lake" {
  description             = "ClusterTrail: events in ${var.bucket_name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key["lake"].json
  tags                    = local.tags
}

resource "aws_kms_alias" "lake" {
  name          = "alias/clustertrail/${replace(var.bucket_name, ".", "-")}"
  target_key_id = aws_kms_key.lake.key_id
}

resource "aws_kms_key" "quarantine" {
  description             = "ClusterTrail: raw records in ${local.quarantine_name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key["quarantine"].json
  tags                    = local.tags
}

resource "aws_kms_alias" "quarantine" {
  name          = "alias/clustertrail/${replace(local.quarantine_name, ".", "-")}"
  target_key_id = aws_kms_key.quarantine.key_id
}

locals {
  # S3 names the bucket when a bucket key is used, and the object when it is not.
  encryption_contexts = { for name, arn in local.arns : name => [arn, "${arn}/*"] }

  # What the account's administrators may do through IAM. The lake's key: anything. Quarantine's: manage it, and let
  # writers of this account ask for data keys, but decrypt nothing.
  account_actions = {
    lake = ["kms:*"]
    quarantine = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey",
      "kms:EnableKey", "kms:EnableKeyRotation", "kms:GenerateDataKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus",
      "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
      "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
    ]
  }
}

# In a key's policy "*" as the resource means this key.
data "aws_iam_policy_document" "key" {
  for_each = local.arns

  statement {
    sid       = "ManagedByIamOfThisAccount"
    actions   = local.account_actions[each.key]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = length(var.aws_writers) == 0 ? [] : [1]

    content {
      sid       = "WritersOfOtherAccounts"
      actions   = ["kms:GenerateDataKey"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = [for writer in var.aws_writers : writer.role_arn]
      }

      condition {
        test     = "StringLike"
        variable = "kms:EncryptionContext:aws:s3:arn"
        values   = local.encryption_contexts[each.key]
      }
    }
  }

  dynamic "statement" {
    for_each = var.organization_id == null ? [] : [var.organization_id]

    content {
      sid       = "OrganizationWriters"
      actions   = ["kms:GenerateDataKey"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = ["*"]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:PrincipalOrgID"
        values   = [statement.value]
      }

      condition {
        test     = "ArnLike"
        variable = "aws:PrincipalArn"
        values   = ["arn:${local.partition}:iam::*:role/${var.writer_role_name_pattern}"]
      }

      condition {
        test     = "StringLike"
        variable = "kms:EncryptionContext:aws:s3:arn"
        values   = local.encryption_contexts[each.key]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "quarantine" && length(var.break_glass_role_arns) > 0 ? [1] : []

    content {
      sid       = "BreakGlass"
      actions   = ["kms:Decrypt"]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = var.break_glass_role_arns
      }
    }
  }
}
