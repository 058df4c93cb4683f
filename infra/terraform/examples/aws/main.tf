# A lake, and the EKS clusters of the same account and region.
terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.21, < 7.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "package_path" {
  description = "dist/packages/eks-ingest-HASH.zip, as npm run build wrote it."
  type        = string
}

module "lake" {
  source = "../../modules/lake"

  bucket_name           = "example-com-clustertrail"
  break_glass_role_arns = ["arn:aws:iam::111122223333:role/incident-responder"]
}

resource "aws_sns_topic" "alarms" {
  name              = "clustertrail-alarms"
  kms_master_key_id = "alias/aws/sns"
}

module "eks" {
  source = "../../modules/eks-source"

  package_path     = var.package_path
  lake             = module.lake.reference
  clusters         = ["prod", "staging"]
  alarm_topic_arns = [aws_sns_topic.alarms.arn]
}

output "lake_url" {
  description = "For --lake."
  value       = module.lake.lake_url
}
