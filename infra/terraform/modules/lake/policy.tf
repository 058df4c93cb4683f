resource "aws_s3_bucket_policy" "all" {
  for_each = local.buckets
  bucket   = each.value.id
  policy   = data.aws_iam_policy_document.bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.all]
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arns[each.key], "${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  statement {
    sid       = "Tls12OrLater"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arns[each.key], "${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "s3:TlsVersion"
      values   = ["1.2"]
    }
  }

  # A put without If-None-Match could replace an object. The second condition leaves out the parts of a multipart
  # upload, which cannot carry the header; its completion can and must. Copies into the bucket are refused with it.
  # docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
  statement {
    sid       = "CreateOnly"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["true"]
    }

    condition {
      test     = "Bool"
      variable = "s3:ObjectCreationOperation"
      values   = ["true"]
    }
  }

  # Without the header the bucket's default key applies. The first condition is needed: StringNotEquals, with IfExists
  # or without, is true where the header is absent, and would refuse every put that leaves the key to the bucket.
  statement {
    sid       = "NoOtherKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = ["false"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
      values   = [each.value.key_arn]
    }
  }

  statement {
    sid       = "NoOtherEncryption"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }

    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "quarantine" ? [1] : []

    content {
      sid       = "OnlyBreakGlassReads"
      effect    = "Deny"
      actions   = ["s3:GetObject", "s3:GetObjectVersion"]
      resources = ["${local.arns.quarantine}/*"]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "ArnNotLike"
        variable = "aws:PrincipalArn"
        values   = local.readers_of_quarantine
      }
    }
  }

  dynamic "statement" {
    for_each = var.aws_writers

    content {
      sid       = "Writer${substr(sha256(statement.key), 0, 12)}"
      actions   = ["s3:PutObject"]
      resources = each.key == "lake" ? local.event_folders["aws/${statement.key}"] : [local.quarantine_folder]

      principals {
        type        = "AWS"
        identifiers = [statement.value.role_arn]
      }
    }
  }

  # S3 fills in the account number of who is asking: no account can write another's events.
  dynamic "statement" {
    for_each = var.organization_id == null ? [] : [var.organization_id]

    content {
      sid       = "OrganizationWriters"
      actions   = ["s3:PutObject"]
      resources = each.key == "lake" ? ["${local.arns.lake}/events/v1/provider=eks/account=&{aws:PrincipalAccount}/*"] : [local.quarantine_folder]

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
    }
  }
}

locals {
  # A condition needs a value: while no role is named, the ARN is one that nobody has.
  readers_of_quarantine = length(var.break_glass_role_arns) == 0 ? ["arn:${local.partition}:iam::${local.account_id}:role/clustertrail-no-break-glass-role-named"] : var.break_glass_role_arns
}
