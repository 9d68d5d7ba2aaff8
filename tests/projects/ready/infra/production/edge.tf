resource "aws_acm_certificate" "edge" {
  domain_name               = "parcel.example"
  subject_alternative_names = ["*.parcel.example"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_wafv2_web_acl" "parcel" {
  name  = "parcel"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "per-client"
    priority = 1

    action {
      block {}
    }

    # In five minutes: 1000 a minute.
    statement {
      rate_based_statement {
        limit              = 5000
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "per-client"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "known-bad"
    priority = 2

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "known-bad"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "parcel"
    sampled_requests_enabled   = true
  }
}

data "aws_lb" "ingress" {
  tags = { "ingress.k8s.aws/stack" = "parcel/parcel" }
}

resource "aws_wafv2_web_acl_association" "ingress" {
  resource_arn = data.aws_lb.ingress.arn
  web_acl_arn  = aws_wafv2_web_acl.parcel.arn
}

resource "aws_shield_protection" "ingress" {
  name         = "parcel"
  resource_arn = data.aws_lb.ingress.arn
}
