resource "aws_eks_cluster" "parcel" {
  name     = "parcel"
  role_arn = aws_iam_role.cluster.arn
  version  = "1.33"

  enabled_cluster_log_types = ["api", "audit", "authenticator"]

  vpc_config {
    subnet_ids              = aws_subnet.cluster[*].id
    security_group_ids      = [aws_security_group.cluster.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  encryption_config {
    resources = ["secrets"]
    provider {
      key_arn = aws_kms_key.data.arn
    }
  }
}

resource "aws_iam_role" "cluster" {
  name = "parcel-cluster"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.parcel.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::210987654321:role/parcel-workers"
  subnet_ids      = aws_subnet.cluster[*].id
  instance_types  = ["m7g.large"]

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = 9
  }
}
