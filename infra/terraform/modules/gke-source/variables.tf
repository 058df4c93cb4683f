variable "project_id" {
  description = "Project that topic, subscription and function live in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project's id, not its name or number."
  }
}

variable "region" {
  description = "Region of the function, such as europe-west1. Near the clusters, so that secrets go before data leaves."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region must be a Google Cloud region, such as europe-west1."
  }
}

variable "source_projects" {
  description = "Projects whose clusters are collected: each gets a log sink into the one topic. Empty: project_id."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.source_projects : can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", id))])
    error_message = "source_projects must be ids of projects."
  }
}

variable "name" {
  description = "Prefix of all names in the project."
  type        = string
  default     = "clustertrail"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 20 characters of a-z, 0-9 and hyphen, and begin with a letter."
  }
}

variable "exclude_leases" {
  description = "Leave out updates of leases, which every node and controller makes every few seconds. What is excluded stands in the output excluded_at_sink."
  type        = bool
  default     = true
  nullable    = false
}

variable "exclusions" {
  description = "More exclusions at the sink, by name: filters in the Logging query language. Excluded events are never seen by anything here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, filter in var.exclusions : can(regex("^[A-Za-z0-9_.-]{1,100}$", name)) && trimspace(filter) != ""])
    error_message = "exclusions: names must be of A-Z, a-z, 0-9, underscore, dot and hyphen, and filters must not be empty: an empty one would exclude everything."
  }
}

variable "include_data_access" {
  description = "Switch on Data Access audit logs in source_projects. Without them reads (get, list, watch, of secrets too, and pod logs) are not recorded by Google at all. Google bills them."
  type        = bool
  default     = false
  nullable    = false
}

variable "data_access_service" {
  description = "Service whose Data Access logs are switched on. That Kubernetes reads belong to container.googleapis.com is not confirmed by a source we found: check that k8s.io entries appear in the data_access log."
  type        = string
  default     = "container.googleapis.com"

  validation {
    condition     = endswith(var.data_access_service, ".googleapis.com")
    error_message = "data_access_service must be the name of a Google API."
  }
}

variable "data_access_log_types" {
  description = "Kinds of Data Access logs to switch on."
  type        = set(string)
  default     = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"]
  nullable    = false

  validation {
    condition     = length(var.data_access_log_types) > 0 && alltrue([for kind in var.data_access_log_types : contains(["ADMIN_READ", "DATA_READ", "DATA_WRITE"], kind)])
    error_message = "data_access_log_types must be some of ADMIN_READ, DATA_READ, DATA_WRITE."
  }
}

variable "push_endpoint" {
  description = "Push to this URL instead of a function of our own: the function URL of the CDK stack's GKE Lambda. Null: build the function here. With it, records leave Google before secrets are taken out."
  type        = string
  default     = null

  validation {
    condition     = var.push_endpoint == null || can(regex("^https://[a-z0-9.-]+/[^ ]*$", var.push_endpoint))
    error_message = "push_endpoint must be an https URL with a path, such as https://ID.lambda-url.eu-west-1.on.aws/."
  }
}

variable "push_audience" {
  description = "Audience of the tokens on pushes (CLUSTERTRAIL_OIDC_AUDIENCE of the Lambda). Null: the URL pushed to."
  type        = string
  default     = null

  validation {
    condition     = var.push_audience == null || can(regex("^[!-~]{8,}$", var.push_audience))
    error_message = "push_audience must be at least 8 printable characters without spaces."
  }
}

variable "package_path" {
  description = "Path of the function package that npm run build writes: dist/packages/google-HASH.zip. Needed unless push_endpoint is given."
  type        = string
  default     = null

  validation {
    condition     = var.package_path == null || try(endswith(var.package_path, ".zip"), false)
    error_message = "package_path must be a .zip file from dist/packages."
  }

  validation {
    condition     = var.push_endpoint != null || (var.package_path != null && var.lake != null)
    error_message = "Give package_path and lake, or push_endpoint to push to a function elsewhere."
  }
}

variable "lake" {
  description = "Where the function writes and as whom: outputs lake_url, quarantine_url and google_writer_role_arns of the lake module, and the bucket's region. Needed unless push_endpoint is given."
  type = object({
    lake_url       = string
    quarantine_url = string
    role_arn       = string
    region         = string
  })
  default = null

  validation {
    condition     = var.lake == null || try(startswith(var.lake.lake_url, "s3://") && startswith(var.lake.quarantine_url, "s3://"), false)
    error_message = "lake: lake_url and quarantine_url must begin with s3://."
  }

  validation {
    condition     = var.lake == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.lake.role_arn))
    error_message = "lake: role_arn must be the ARN of an IAM role."
  }
}

variable "aws_audience" {
  description = "Audience that the function asks for in its tokens for AWS; the role's trust policy must name the same."
  type        = string
  default     = "clustertrail-lake"

  validation {
    condition     = can(regex("^[!-~]{8,}$", var.aws_audience))
    error_message = "aws_audience must be at least 8 printable characters without spaces."
  }
}

variable "build_service_account" {
  description = "Resource name of the service account that Cloud Build builds the function with (projects/P/serviceAccounts/EMAIL). Null: the project's default, which often may do far more than build."
  type        = string
  default     = null

  validation {
    condition     = var.build_service_account == null || can(regex("^projects/[^/]+/serviceAccounts/[^/]+$", var.build_service_account))
    error_message = "build_service_account must be of the form projects/PROJECT/serviceAccounts/EMAIL."
  }
}

variable "function" {
  description = "Size of the function: memory, vCPUs, pushes that one instance takes at a time (they share objects, so more makes fewer and larger ones), and instances at least and at most."
  type = object({
    memory        = optional(string, "1Gi")
    cpu           = optional(string, "1")
    concurrency   = optional(number, 500)
    min_instances = optional(number, 0)
    max_instances = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.function.concurrency >= 1 && var.function.concurrency <= 1000 && var.function.max_instances >= 1 && var.function.min_instances <= var.function.max_instances
    error_message = "function: concurrency must be 1 to 1000, and min_instances not above max_instances."
  }
}

variable "ingress_settings" {
  description = "Who can reach the function at all, before IAM is asked. Pub/Sub of the same project counts as internal."
  type        = string
  default     = "ALLOW_INTERNAL_ONLY"

  validation {
    condition     = contains(["ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB", "ALLOW_ALL"], var.ingress_settings)
    error_message = "ingress_settings must be ALLOW_INTERNAL_ONLY, ALLOW_INTERNAL_AND_GCLB or ALLOW_ALL."
  }
}

variable "ack_deadline_seconds" {
  description = "Time that Pub/Sub waits for the answer to a push, and the function's time limit. The function tries S3 for a minute before it gives up."
  type        = number
  default     = 120

  validation {
    condition     = var.ack_deadline_seconds >= 90 && var.ack_deadline_seconds <= 600
    error_message = "ack_deadline_seconds must be 90 to 600."
  }
}

variable "max_delivery_attempts" {
  description = "Pushes of one message before it goes to the dead-letter topic. With the backoff here 100 attempts last most of a day, so an outage of hours dead-letters nothing."
  type        = number
  default     = 100

  validation {
    condition     = var.max_delivery_attempts >= 5 && var.max_delivery_attempts <= 100
    error_message = "max_delivery_attempts must be 5 to 100."
  }
}

variable "retention_days" {
  description = "Days that undelivered messages are kept, in the subscription and in the dead-letter subscription."
  type        = number
  default     = 7

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 31
    error_message = "retention_days must be 1 to 31."
  }
}

variable "notification_channels" {
  description = "Cloud Monitoring channels that are told of dead letters and of a subscription that falls behind. Empty: the alerts exist, and tell nobody."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for channel in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", channel))])
    error_message = "notification_channels must be resource names of notification channels."
  }
}

variable "extra_environment" {
  description = "More settings for the function (CLUSTERTRAIL_...). They are readable to whoever may view it: no secrets here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, value in var.extra_environment : startswith(name, "CLUSTERTRAIL_")])
    error_message = "extra_environment: names must begin with CLUSTERTRAIL_."
  }
}

variable "labels" {
  description = "Labels for everything that takes them."
  type        = map(string)
  default     = {}
  nullable    = false
}
