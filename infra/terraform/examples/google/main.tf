# A lake in AWS, and the GKE clusters of one Google project writing to it without a key.
# Service account, then role that trusts it, then function that is told of the role: one apply.
terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.21, < 7.0"
    }
    google = {
      source  = "hashicorp/google"
      version = ">= 6.20, < 8.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

provider "google" {
  project = "example-project"
  region  = "europe-west1"
}

variable "package_path" {
  description = "dist/packages/google-HASH.zip, as npm run build wrote it."
  type        = string
}

module "lake" {
  source = "../../modules/lake"

  bucket_name    = "example-com-clustertrail"
  google_writers = { example = module.gke.aws_trust }
}

module "gke" {
  source = "../../modules/gke-source"

  project_id   = "example-project"
  region       = "europe-west1"
  package_path = var.package_path

  lake = {
    lake_url       = module.lake.lake_url
    quarantine_url = module.lake.quarantine_url
    role_arn       = module.lake.google_writer_role_arns["example"]
    region         = "eu-west-1"
  }
}

output "coverage" {
  description = "What is collected and what is not."
  value       = module.gke.coverage
}
