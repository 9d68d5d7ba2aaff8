resource "github_repository_environment" "production" {
  repository  = "parcel"
  environment = "production"

  reviewers {
    teams = [4711]
  }

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}

resource "github_repository_environment_deployment_policy" "tags" {
  repository  = "parcel"
  environment = github_repository_environment.production.environment
  tag_pattern = "v*"
}
