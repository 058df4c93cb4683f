# Google. accounts.google.com is built into IAM: there is no provider to create. For a service account's token IAM
# compares :aud with the token's azp (the account's number) and :oaud with its real audience; a policy with the audience
# under :aud matches nothing, and one without :sub matches every account that Google ever gave that audience.
data "aws_iam_policy_document" "google_trust" {
  for_each = var.google_writers

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["accounts.google.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:aud"
      values   = [each.value.unique_id]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:oaud"
      values   = [each.value.audience]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:sub"
      values   = [each.value.unique_id]
    }
  }
}

resource "aws_iam_role" "google_writer" {
  for_each             = var.google_writers
  name                 = "clustertrail-google-${each.key}"
  description          = "Creates GKE events in ${var.bucket_name}"
  assume_role_policy   = data.aws_iam_policy_document.google_trust[each.key].json
  max_session_duration = 3600
  tags                 = local.tags
}

resource "aws_iam_role_policy" "google_writer" {
  for_each = var.google_writers
  name     = "create-objects"
  role     = aws_iam_role.google_writer[each.key].id
  policy   = data.aws_iam_policy_document.writer["google/${each.key}"].json
}

# Azure. Version 1 tokens of a tenant: the issuer ends with a slash, and IAM keeps it in the provider's ARN and in the
# names of the condition keys.
locals {
  azure_tenants = toset([for writer in var.azure_writers : writer.tenant_id])

  azure_provider_arns = merge(
    { for tenant, provider in aws_iam_openid_connect_provider.azure : tenant => provider.arn },
    var.azure_oidc_provider_arns,
  )
}

resource "aws_iam_openid_connect_provider" "azure" {
  for_each       = setsubtract(local.azure_tenants, keys(var.azure_oidc_provider_arns))
  url            = "https://sts.windows.net/${each.key}/"
  client_id_list = distinct([for writer in var.azure_writers : writer.audience if writer.tenant_id == each.key])
  tags           = local.tags
}

data "aws_iam_policy_document" "azure_trust" {
  for_each = var.azure_writers

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.azure_provider_arns[each.value.tenant_id]]
    }

    condition {
      test     = "StringEquals"
      variable = "sts.windows.net/${each.value.tenant_id}/:aud"
      values   = [each.value.audience]
    }

    condition {
      test     = "StringEquals"
      variable = "sts.windows.net/${each.value.tenant_id}/:sub"
      values   = [each.value.principal_id]
    }
  }
}

resource "aws_iam_role" "azure_writer" {
  for_each             = var.azure_writers
  name                 = "clustertrail-azure-${each.key}"
  description          = "Creates AKS events in ${var.bucket_name}"
  assume_role_policy   = data.aws_iam_policy_document.azure_trust[each.key].json
  max_session_duration = 3600
  tags                 = local.tags
}

resource "aws_iam_role_policy" "azure_writer" {
  for_each = var.azure_writers
  name     = "create-objects"
  role     = aws_iam_role.azure_writer[each.key].id
  policy   = data.aws_iam_policy_document.writer["azure/${each.key}"].json
}

# Neither read, nor list, nor delete: a writer cannot even find out what is there. Each put must be conditional, so a
# name that is taken is left alone. No kms:Decrypt, which only multipart uploads need; objects are put in one piece.
data "aws_iam_policy_document" "writer" {
  for_each = { for name, writer in local.writers : name => writer if !startswith(name, "aws/") }

  statement {
    sid       = "CreateObjects"
    actions   = ["s3:PutObject"]
    resources = concat(local.event_folders[each.key], [local.quarantine_folder])

    condition {
      test     = "Null"
      variable = "s3:if-none-match"
      values   = ["false"]
    }
  }

  statement {
    sid       = "EncryptThem"
    actions   = ["kms:GenerateDataKey"]
    resources = [aws_kms_key.lake.arn, aws_kms_key.quarantine.arn]
  }
}
