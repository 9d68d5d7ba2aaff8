resource "aws_vpc" "parcel" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "data" {
  count = 3

  vpc_id            = aws_vpc.parcel.id
  cidr_block        = cidrsubnet("10.20.64.0/20", 4, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b", "eu-central-1c"], count.index)
}

resource "aws_subnet" "cluster" {
  count = 3

  vpc_id            = aws_vpc.parcel.id
  cidr_block        = cidrsubnet("10.20.16.0/20", 2, count.index)
  availability_zone = element(["eu-central-1a", "eu-central-1b", "eu-central-1c"], count.index)
}

resource "aws_security_group" "cluster" {
  name   = "parcel-cluster"
  vpc_id = aws_vpc.parcel.id
}

# Nothing but the cluster reaches the database and the cache.
resource "aws_security_group" "database" {
  name   = "parcel-data"
  vpc_id = aws_vpc.parcel.id

  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.cluster.id]
  }

  ingress {
    from_port       = 6379
    to_port         = 6379
    protocol        = "tcp"
    security_groups = [aws_security_group.cluster.id]
  }
}

# The tools of those who operate the service: from inside and through the VPN, from nowhere else.
resource "aws_security_group" "tools" {
  name   = "parcel-tools"
  vpc_id = aws_vpc.parcel.id

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.20.0.0/16", "172.16.40.0/22"]
  }
}

resource "aws_flow_log" "parcel" {
  vpc_id               = aws_vpc.parcel.id
  traffic_type         = "ALL"
  log_destination_type = "s3"
  log_destination      = "arn:aws:s3:::parcel-example-flow-logs"
}

resource "aws_ec2_client_vpn_endpoint" "operators" {
  description            = "parcel: whoever is on call"
  client_cidr_block      = "172.16.40.0/22"
  server_certificate_arn = aws_acm_certificate.vpn.arn
  split_tunnel           = true
  vpc_id                 = aws_vpc.parcel.id
  security_group_ids     = [aws_security_group.tools.id]

  authentication_options {
    type              = "federated-authentication"
    saml_provider_arn = "arn:aws:iam::210987654321:saml-provider/company"
  }

  connection_log_options {
    enabled              = true
    cloudwatch_log_group = "parcel-vpn"
  }
}

resource "aws_acm_certificate" "vpn" {
  domain_name       = "vpn.parcel.example"
  validation_method = "DNS"
}
