variable "name" {
  description = "Prefix of all names. Namespace, function app and storage account have names that are unique in all of Azure: choose something of yours."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,17}[a-z0-9]$", var.name))
    error_message = "name must be 4 to 19 characters of a-z, 0-9 and hyphen, and begin with a letter."
  }
}

variable "resource_group_name" {
  description = "Resource group for everything that this module creates. Give it one of its own."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{1,90}$", var.resource_group_name))
    error_message = "resource_group_name must be a valid name of a resource group."
  }
}

variable "location" {
  description = "Azure region, such as westeurope. Diagnostic settings send to an event hub of the cluster's own region only, so: one module for each region with clusters."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "location must be the short name of a region, such as westeurope."
  }
}

variable "cluster_ids" {
  description = "Resource ids of the AKS clusters to collect, by a name of your choice."
  type        = map(string)

  validation {
    condition     = length(var.cluster_ids) > 0 && alltrue([for id in var.cluster_ids : can(regex("(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.ContainerService/managedClusters/[^/]+$", id))])
    error_message = "cluster_ids must be at least one resource id of an AKS cluster."
  }
}

variable "category" {
  description = "The one category that is switched on. kube-audit-admin leaves out get and list, so it does not show who read a secret; kube-audit shows it, at several times the volume. Both together would send each write twice."
  type        = string
  default     = "kube-audit-admin"

  validation {
    condition     = contains(["kube-audit", "kube-audit-admin"], var.category)
    error_message = "category must be kube-audit or kube-audit-admin."
  }
}

variable "partition_count" {
  description = "Partitions of the event hub: as many function instances can work at a time. It cannot be changed later."
  type        = number
  default     = 4

  validation {
    condition     = var.partition_count >= 1 && var.partition_count <= 32
    error_message = "partition_count must be 1 to 32."
  }
}

variable "retention_days" {
  description = "Days that the event hub keeps messages: how long the function or S3 may be out before records are lost."
  type        = number
  default     = 7

  validation {
    condition     = var.retention_days >= 1 && var.retention_days <= 7
    error_message = "retention_days must be 1 to 7, which is what the Standard tier offers."
  }
}

variable "throughput_units" {
  description = "Throughput units (1 MB/s in, 2 MB/s out each) to begin with, and the most that Event Hubs may raise them to by itself."
  type = object({
    initial = optional(number, 1)
    maximum = optional(number, 4)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throughput_units.initial >= 1 && var.throughput_units.maximum >= var.throughput_units.initial && var.throughput_units.maximum <= 40
    error_message = "throughput_units: initial must be at least 1, maximum not below it and at most 40."
  }
}

variable "package_path" {
  description = "Path of the function package that npm run build writes: dist/packages/azure-HASH.zip."
  type        = string

  validation {
    condition     = endswith(var.package_path, ".zip")
    error_message = "package_path must be a .zip file from dist/packages."
  }
}

variable "deploy_package" {
  description = "Upload the package with the Azure CLI, as whoever is logged in there, when it changes. False: do it yourself with the command in the output deploy_command."
  type        = bool
  default     = true
  nullable    = false
}

variable "lake" {
  description = "Where the function writes and as whom: outputs lake_url, quarantine_url and azure_writer_role_arns of the lake module, and the bucket's region."
  type = object({
    lake_url       = string
    quarantine_url = string
    role_arn       = string
    region         = string
  })

  validation {
    condition     = startswith(var.lake.lake_url, "s3://") && startswith(var.lake.quarantine_url, "s3://")
    error_message = "lake: lake_url and quarantine_url must begin with s3://."
  }

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/", var.lake.role_arn))
    error_message = "lake: role_arn must be the ARN of an IAM role."
  }
}

variable "node_version" {
  description = "Node.js version of the function app; the package runs on 22 and later. What Flex Consumption offers depends on the region: az functionapp list-flexconsumption-runtimes."
  type        = string
  default     = "22"

  validation {
    condition     = contains(["22", "24"], var.node_version)
    error_message = "node_version must be 22 or 24."
  }
}

variable "maximum_instances" {
  description = "Most instances of the function app. More than there are partitions have nothing to do."
  type        = number
  default     = 40

  validation {
    condition     = var.maximum_instances >= 40 && var.maximum_instances <= 1000
    error_message = "maximum_instances must be 40 to 1000, which is what Flex Consumption takes."
  }
}

variable "log_analytics_workspace_id" {
  description = "Log Analytics workspace for the function's own log, through Application Insights. Null: no log. It holds counts and names of problems, never records."
  type        = string
  default     = null

  validation {
    condition     = var.log_analytics_workspace_id == null || can(regex("(?i)/providers/Microsoft.OperationalInsights/workspaces/[^/]+$", var.log_analytics_workspace_id))
    error_message = "log_analytics_workspace_id must be the resource id of a workspace."
  }
}

variable "extra_settings" {
  description = "More settings for the function app (CLUSTERTRAIL_...). They are readable to whoever may read the app: no secrets here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, value in var.extra_settings : startswith(name, "CLUSTERTRAIL_")])
    error_message = "extra_settings: names must begin with CLUSTERTRAIL_."
  }
}

variable "tags" {
  description = "Tags for everything that this module creates."
  type        = map(string)
  default     = {}
  nullable    = false
}
