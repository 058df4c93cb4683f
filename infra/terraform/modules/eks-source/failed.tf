# Payloads that Lambda gave up are raw records, secrets and all: not a folder of the lake, but a bucket with a key, in the
# account that they come from. Lambda chooses the names: aws/lambda/async/FUNCTION/... at the bucket's root.
# docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
resource "aws_s3_bucket" "failed" {
  bucket_prefix = "${lower(replace(substr(var.name, 0, 24), "_", "-"))}-failed-"
  tags          = local.tags
}

resource "aws_s3_bucket_public_access_block" "failed" {
  bucket                  = aws_s3_bucket.failed.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "failed" {
  bucket = aws_s3_bucket.failed.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "failed" {
  bucket = aws_s3_bucket.failed.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.failed.arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "failed" {
  bucket = aws_s3_bucket.failed.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.failed_retention_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_policy" "failed" {
  bucket = aws_s3_bucket.failed.id
  policy = data.aws_iam_policy_document.failed.json

  depends_on = [aws_s3_bucket_public_access_block.failed]
}

data "aws_iam_policy_document" "failed" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.failed.arn, "${aws_s3_bucket.failed.arn}/*"]

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
}

resource "aws_kms_key" "failed" {
  description             = "ClusterTrail: failed invocations of ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.failed_key.json
  tags                    = local.tags
}

# In a key's policy "*" as the resource means this key.
data "aws_iam_policy_document" "failed_key" {
  statement {
    sid       = "ManagedByIamOfThisAccount"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }
}
