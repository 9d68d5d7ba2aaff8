terraform {
  required_version = "~> 1.13"

  required_providers {
    aws        = { source = "hashicorp/aws", version = "~> 6.0" }
    github     = { source = "integrations/github", version = "~> 6.6" }
    pagerduty  = { source = "PagerDuty/pagerduty", version = "~> 3.26" }
    sentry     = { source = "jianyuan/sentry", version = "~> 0.14" }
    vault      = { source = "hashicorp/vault", version = "~> 5.0" }
  }

  backend "s3" {
    bucket = "parcel-example-terraform"
    key    = "production.tfstate"
    region = "eu-central-1"
  }
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = {
      service     = "parcel"
      cost_center = "logistics"
    }
  }
}

# The second region, where copies of the backups lie.
provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}
