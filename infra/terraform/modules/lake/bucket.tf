locals {
  buckets = {
    lake       = { id = aws_s3_bucket.lake.id, key_arn = aws_kms_key.lake.arn }
    quarantine = { id = aws_s3_bucket.quarantine.id, key_arn = aws_kms_key.quarantine.arn }
  }
}

# The archive outlives the module: to part with it, take it out of the state (terraform state rm).
resource "aws_s3_bucket" "lake" {
  bucket              = var.bucket_name
  object_lock_enabled = var.object_lock != null
  tags                = local.tags

  lifecycle {
    prevent_destroy = true
  }
}

# No versions and no lock here: what expires must be gone.
resource "aws_s3_bucket" "quarantine" {
  bucket = local.quarantine_name
  tags   = local.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "all" {
  for_each                = local.buckets
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "all" {
  for_each = local.buckets
  bucket   = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "all" {
  for_each = local.buckets
  bucket   = each.value.id

  rule {
    # One data key serves many objects: without it each small object costs a call to KMS.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = each.value.key_arn
    }
  }
}

resource "aws_s3_bucket_versioning" "lake" {
  bucket = aws_s3_bucket.lake.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_object_lock_configuration" "lake" {
  count  = var.object_lock == null ? 0 : 1
  bucket = aws_s3_bucket.lake.id

  rule {
    default_retention {
      mode = var.object_lock.mode
      days = var.object_lock.days
    }
  }

  depends_on = [aws_s3_bucket_versioning.lake]
}

resource "aws_s3_bucket_logging" "all" {
  for_each      = var.access_log_bucket == null ? {} : local.buckets
  bucket        = each.value.id
  target_bucket = var.access_log_bucket
  target_prefix = "${each.value.id}/"
}
