locals {
  # What is kept for years: events as they came, and what is compacted from them.
  kept = toset(["events", "archive"])
}

resource "aws_s3_bucket_lifecycle_configuration" "lake" {
  bucket = aws_s3_bucket.lake.id

  dynamic "rule" {
    for_each = local.kept

    content {
      id     = "${rule.key}-colder"
      status = "Enabled"

      filter {
        and {
          prefix                   = "${rule.key}/"
          object_size_greater_than = var.transition_min_bytes
        }
      }

      transition {
        days          = var.lifecycle_days.standard_ia
        storage_class = "STANDARD_IA"
      }

      transition {
        days          = var.lifecycle_days.glacier
        storage_class = "GLACIER"
      }
    }
  }

  # A rule of its own, without the size filter: small objects expire too.
  dynamic "rule" {
    for_each = local.kept

    content {
      id     = "${rule.key}-expire"
      status = "Enabled"

      filter {
        prefix = "${rule.key}/"
      }

      expiration {
        days = var.lifecycle_days.expire
      }
    }
  }

  # In a bucket with versions expiry only adds a marker; this is what frees the bytes.
  rule {
    id     = "clean"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = var.lifecycle_days.noncurrent
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = var.lifecycle_days.incomplete_upload
    }
  }

  depends_on = [aws_s3_bucket_versioning.lake]
}

resource "aws_s3_bucket_lifecycle_configuration" "quarantine" {
  bucket = aws_s3_bucket.quarantine.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {}

    expiration {
      days = var.lifecycle_days.quarantine
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = var.lifecycle_days.incomplete_upload
    }
  }
}
