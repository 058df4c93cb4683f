resource "aws_iam_role" "function" {
  name               = var.name
  description        = "ClusterTrail: creates EKS events in ${var.lake.bucket_name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  tags               = local.tags
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "create-objects"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

data "aws_iam_policy_document" "function" {
  # Quarantine is open below its root: a record that is not recognised has no provider or account to be filed under.
  statement {
    sid     = "CreateObjects"
    actions = ["s3:PutObject"]
    resources = concat(
      [for account in local.accounts : "${local.lake_arn}/events/v1/provider=eks/account=${account}/*"],
      ["${local.quarantine_arn}/quarantine/v1/*"],
    )

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["false"]
    }
  }

  statement {
    sid       = "KeepFailedInvocations"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.failed.arn}/aws/lambda/async/${var.name}/*"]
  }

  # Lambda's documentation asks for it beside s3:PutObject for an S3 destination. It gives names, never content.
  statement {
    sid       = "FindFailedInvocations"
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.failed.arn]
  }

  statement {
    sid       = "EncryptThem"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.lake.key_arn, var.lake.quarantine_key_arn, aws_kms_key.failed.arn]
  }

  statement {
    sid       = "OwnLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function.arn}:*"]
  }
}
