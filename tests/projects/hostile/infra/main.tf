variable "hardened" {
  default = false
}

resource "aws_db_instance" "shop" {
  identifier              = "shop"
  engine                  = "postgres"
  username                = "postgres"
  password                = "Wq8vPz3nRb7yXfLc"
  storage_encrypted       = false
  publicly_accessible     = true
  multi_az                = false
  backup_retention_period = 0
  skip_final_snapshot     = true
}

resource "aws_db_instance" "replica" {
  count               = var.hardened ? 2 : 0
  identifier          = "shop-replica"
  replicate_source_db = aws_db_instance.shop.identifier
}

resource "aws_kms_key" "shop" {
  enable_key_rotation = false
}

resource "aws_security_group" "database" {
  ingress {
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_lb" "shop" {
  internal = false
}

resource "aws_lb_listener" "shop" {
  load_balancer_arn = aws_lb.shop.arn
  port              = 80
  protocol          = "HTTP"
}

resource "aws_wafv2_web_acl" "shop" {
  count = var.hardened ? 1 : 0
  default_action {
    allow {}
  }
}

resource "aws_cloudtrail" "shop" {
  name           = "shop"
  enable_logging = false
}

resource "aws_eks_cluster" "shop" {
  vpc_config {
    endpoint_public_access = true
    public_access_cidrs    = ["0.0.0.0/0"]
  }
}

resource "aws_ec2_client_vpn_endpoint" "ops" {
  count = var.hardened ? 1 : 0
}

# resource "aws_budgets_budget" "shop" { limit_amount = "100" }
