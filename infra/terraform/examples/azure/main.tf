# A lake in AWS, and the AKS clusters of one Azure region writing to it without a key.
# Identity, then role that trusts it, then function that is told of the role: one apply.
terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.21, < 7.0"
    }
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.40, < 5.0"
    }
    azuread = {
      source  = "hashicorp/azuread"
      version = ">= 3.1, < 4.0"
    }
    azapi = {
      source  = "Azure/azapi"
      version = ">= 2.4, < 3.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "azurerm" {
  features {}
  # The module's storage account has no keys.
  storage_use_azuread = true
}

provider "azuread" {}

provider "azapi" {}

variable "package_path" {
  description = "dist/packages/azure-HASH.zip, as npm run build wrote it."
  type        = string
}

variable "cluster_id" {
  description = "Resource id of the AKS cluster."
  type        = string
}

resource "azurerm_resource_group" "clustertrail" {
  name     = "clustertrail"
  location = "westeurope"
}

module "lake" {
  source = "../../modules/lake"

  bucket_name   = "example-com-clustertrail"
  azure_writers = { example = module.aks.aws_trust }
}

module "aks" {
  source = "../../modules/aks-source"

  name                = "examplecom-ct"
  resource_group_name = azurerm_resource_group.clustertrail.name
  location            = azurerm_resource_group.clustertrail.location
  cluster_ids         = { prod = var.cluster_id }
  category            = "kube-audit"
  package_path        = var.package_path

  lake = {
    lake_url       = module.lake.lake_url
    quarantine_url = module.lake.quarantine_url
    role_arn       = module.lake.azure_writer_role_arns["example"]
    region         = "eu-west-1"
  }
}

output "coverage" {
  description = "What is collected and what is not."
  value       = module.aks.coverage
}
