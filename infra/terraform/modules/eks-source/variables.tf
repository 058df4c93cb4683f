variable "name" {
  description = "Name of the function; other names derive from it. Changing it makes a new function and a new permission."
  type        = string
  default     = "clustertrail-eks"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,40}$", var.name))
    error_message = "name must be 1 to 40 characters of A-Z, a-z, 0-9, underscore and hyphen."
  }
}

variable "package_path" {
  description = "Path of the function package that npm run build writes: dist/packages/eks-ingest-HASH.zip."
  type        = string

  validation {
    condition     = endswith(var.package_path, ".zip")
    error_message = "package_path must be a .zip file from dist/packages."
  }
}

variable "clusters" {
  description = "Names of the EKS clusters in this account and region. Control-plane logging must have made their log groups (/aws/eks/NAME/cluster, class STANDARD) already."
  type        = set(string)

  validation {
    condition     = length(var.clusters) > 0 && alltrue([for name in var.clusters : can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", name))])
    error_message = "clusters must be at least one valid EKS cluster name."
  }
}

variable "lake" {
  description = "The lake's buckets and keys: output reference of the lake module, or the same values from the CDK stack."
  type = object({
    bucket_name            = string
    key_arn                = string
    quarantine_bucket_name = string
    quarantine_key_arn     = string
  })

  validation {
    condition     = alltrue([for name in [var.lake.bucket_name, var.lake.quarantine_bucket_name] : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])
    error_message = "lake: bucket_name and quarantine_bucket_name must be names of buckets, not URLs or ARNs."
  }

  validation {
    condition     = alltrue([for arn in [var.lake.key_arn, var.lake.quarantine_key_arn] : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", arn))])
    error_message = "lake: key_arn and quarantine_key_arn must be ARNs of KMS keys, not aliases."
  }
}

variable "failed_retention_days" {
  description = "Days that payloads are kept which Lambda gave up. They are raw: long enough to redrive them, no longer."
  type        = number
  default     = 30

  validation {
    condition     = var.failed_retention_days >= 7 && var.failed_retention_days <= 365
    error_message = "failed_retention_days must be 7 to 365."
  }
}

variable "accounts" {
  description = "Accounts whose events the function may store. Empty: its own. More only where log groups are centralised in this account."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.accounts : can(regex("^[0-9]{12}$", id))])
    error_message = "accounts must be account numbers of 12 digits."
  }
}

variable "memory_mb" {
  description = "Memory of the function. CPU grows with it; a payload of 1 MB unpacks to about 20 MB."
  type        = number
  default     = 1024

  validation {
    condition     = var.memory_mb >= 256 && var.memory_mb <= 10240
    error_message = "memory_mb must be 256 to 10240."
  }
}

variable "timeout_seconds" {
  description = "Time limit of an invocation. The function tries S3 for a minute before it gives up, so less than 90 would cut it short."
  type        = number
  default     = 120

  validation {
    condition     = var.timeout_seconds >= 90 && var.timeout_seconds <= 900
    error_message = "timeout_seconds must be 90 to 900."
  }
}

variable "reserved_concurrency" {
  description = "Most invocations at a time, or -1 for the account's limit. Too low a number throttles; Lambda then tries again for up to six hours."
  type        = number
  default     = -1

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 2
    error_message = "reserved_concurrency must be -1, or at least 2: 0 would stop the function."
  }
}

variable "log_retention_days" {
  description = "Days that the function's own log is kept. It holds counts and names of problems, never records."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs offers."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics that alarms notify. Empty: alarms exist, and tell nobody."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[a-z-]*:sns:", arn))])
    error_message = "alarm_topic_arns must be ARNs of SNS topics."
  }
}

variable "silence_minutes" {
  description = "Alarm when a cluster's log group forwarded nothing for so many minutes. A live cluster is never silent: kubelets and controllers write all the time."
  type        = number
  default     = 30

  validation {
    condition     = var.silence_minutes >= 5 && var.silence_minutes <= 1440 && var.silence_minutes % 5 == 0
    error_message = "silence_minutes must be a multiple of 5 from 5 to 1440."
  }
}

variable "extra_environment" {
  description = "More settings for the function (CLUSTERTRAIL_...). They are readable to whoever may read the function: no secrets here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, value in var.extra_environment : startswith(name, "CLUSTERTRAIL_")])
    error_message = "extra_environment: names must begin with CLUSTERTRAIL_."
  }
}

variable "tags" {
  description = "Tags for everything that this module creates."
  type        = map(string)
  default     = {}
  nullable    = false
}
