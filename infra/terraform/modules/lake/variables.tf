variable "bucket_name" {
  description = "Name of the bucket to create. Bucket names are global: start it with something of yours."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name must be 3 to 63 characters of a-z, 0-9, dot and hyphen, with a letter or digit at both ends."
  }
}

variable "quarantine_bucket_name" {
  description = "Name of the bucket for raw records that could not become events. They are not redacted: own bucket, own key, few readers. Null: bucket_name with -quarantine."
  type        = string
  default     = null

  validation {
    condition     = var.quarantine_bucket_name == null || (can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.quarantine_bucket_name)) && var.quarantine_bucket_name != var.bucket_name)
    error_message = "quarantine_bucket_name must be a bucket name, and another than bucket_name."
  }

  validation {
    condition     = var.quarantine_bucket_name != null || length(var.bucket_name) <= 52
    error_message = "bucket_name is too long to append -quarantine: give quarantine_bucket_name."
  }
}

variable "lifecycle_days" {
  description = "Ages in days: events and archive move to STANDARD_IA and GLACIER and expire; quarantine only expires; noncurrent versions and incomplete uploads are cleaned."
  type = object({
    standard_ia       = optional(number, 90)
    glacier           = optional(number, 365)
    expire            = optional(number, 2555)
    quarantine        = optional(number, 30)
    noncurrent        = optional(number, 30)
    incomplete_upload = optional(number, 7)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.lifecycle_days.standard_ia >= 30
    error_message = "lifecycle_days.standard_ia must be at least 30: S3 does not move objects to STANDARD_IA earlier."
  }

  validation {
    condition     = var.lifecycle_days.glacier >= var.lifecycle_days.standard_ia + 30
    error_message = "lifecycle_days.glacier must be at least 30 days after standard_ia: STANDARD_IA bills 30 days in any case."
  }

  validation {
    condition     = var.lifecycle_days.expire >= var.lifecycle_days.glacier + 90
    error_message = "lifecycle_days.expire must be at least 90 days after glacier: GLACIER bills 90 days in any case."
  }

  validation {
    condition = alltrue([
      for days in [var.lifecycle_days.quarantine, var.lifecycle_days.noncurrent, var.lifecycle_days.incomplete_upload] : days >= 1
    ])
    error_message = "quarantine, noncurrent and incomplete_upload must be at least 1 day."
  }
}

variable "transition_min_bytes" {
  description = "Objects up to this size stay in STANDARD: colder classes bill at least 128 KiB for each object, so moving a small one costs more than it saves."
  type        = number
  default     = 131072

  validation {
    condition     = var.transition_min_bytes >= 0 && floor(var.transition_min_bytes) == var.transition_min_bytes
    error_message = "transition_min_bytes must be a whole number of bytes."
  }
}

variable "object_lock" {
  description = "Default retention of events by Object Lock, or null for none. It cannot be taken off a bucket, and COMPLIANCE binds everybody, root included. Quarantine has none: raw secrets must be able to go."
  type = object({
    mode = string
    days = number
  })
  default = null

  validation {
    condition     = var.object_lock == null || try(contains(["GOVERNANCE", "COMPLIANCE"], var.object_lock.mode) && var.object_lock.days >= 1, false)
    error_message = "object_lock.mode must be GOVERNANCE or COMPLIANCE, and object_lock.days at least 1."
  }
}

variable "access_log_bucket" {
  description = "Bucket for S3 server access logs, or null for none. It must let logging.s3.amazonaws.com write, and must not be one of the two buckets."
  type        = string
  default     = null

  validation {
    condition     = var.access_log_bucket == null || var.access_log_bucket != var.bucket_name
    error_message = "access_log_bucket must be another bucket than the lake's: logs about logs never end."
  }
}

variable "organization_id" {
  description = "AWS Organization whose accounts may write EKS events, each under its own account's folder only and only by roles named writer_role_name_pattern. Null: no such grant."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "organization_id must look like o-exampleorgid."
  }
}

variable "writer_role_name_pattern" {
  description = "Role names that the organization grant covers; a trailing asterisk stands for any ending."
  type        = string
  default     = "clustertrail-*"

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{3,}\\*?$", var.writer_role_name_pattern))
    error_message = "writer_role_name_pattern must be a role name of at least 3 characters, with at most one asterisk, at its end."
  }
}

variable "aws_writers" {
  description = "Roles of other accounts that may write, by a name of your choice: the role's ARN, the provider whose events it writes, and the accounts it may write for (empty: all)."
  type = map(object({
    role_arn = string
    provider = optional(string, "eks")
    accounts = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for writer in var.aws_writers : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", writer.role_arn))])
    error_message = "aws_writers: role_arn must be the ARN of an IAM role."
  }

  validation {
    condition     = alltrue([for writer in var.aws_writers : contains(["eks", "gke", "aks", "kubernetes"], writer.provider)])
    error_message = "aws_writers: provider must be eks, gke, aks or kubernetes."
  }
}

variable "google_writers" {
  description = "Google service accounts that may write GKE events without a key: numeric unique id, the audience their tokens ask for, and the projects they may write for (empty: all)."
  type = map(object({
    unique_id = string
    audience  = string
    projects  = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for writer in var.google_writers : can(regex("^[0-9]{15,25}$", writer.unique_id))])
    error_message = "google_writers: unique_id is the number of the service account, not its e-mail address."
  }

  validation {
    condition     = alltrue([for writer in var.google_writers : can(regex("^[!-~]{8,}$", writer.audience))])
    error_message = "google_writers: audience must be at least 8 printable characters without spaces."
  }
}

variable "azure_writers" {
  description = "Managed identities that may write AKS events without a key: tenant, object id of the identity's service principal, the Application ID URI their tokens are for, and the subscriptions they may write for (empty: all)."
  type = map(object({
    tenant_id     = string
    principal_id  = string
    audience      = string
    subscriptions = optional(list(string), [])
  }))
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for writer in var.azure_writers : alltrue([
        for id in [writer.tenant_id, writer.principal_id] : can(regex("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", id))
      ])
    ])
    error_message = "azure_writers: tenant_id and principal_id must be GUIDs in lower case."
  }

  validation {
    condition     = alltrue([for writer in var.azure_writers : startswith(writer.audience, "api://")])
    error_message = "azure_writers: audience must be an Application ID URI (api://...)."
  }
}

variable "azure_oidc_provider_arns" {
  description = "ARNs of IAM OIDC providers that exist already for https://sts.windows.net/TENANT/, by tenant id. An account can have one for each tenant; the others are created. An existing one must list the writers' audiences."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.azure_oidc_provider_arns : can(regex(":oidc-provider/sts\\.windows\\.net/", arn))])
    error_message = "azure_oidc_provider_arns must be ARNs of OIDC providers of sts.windows.net."
  }
}

variable "break_glass_role_arns" {
  description = "Roles that may read quarantine (raw records, secrets and all). Empty: nobody can, until you name one here."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.break_glass_role_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[^*]+$", arn))])
    error_message = "break_glass_role_arns must be ARNs of IAM roles, without wildcards."
  }
}

variable "tags" {
  description = "Tags for everything that this module creates."
  type        = map(string)
  default     = {}
  nullable    = false
}
