# Answers about parcels for an hour; what is lost is asked for again.
resource "aws_elasticache_replication_group" "cache" {
  replication_group_id = "parcel-cache"
  description          = "parcel: answers about parcels"
  engine               = "valkey"
  engine_version       = "8.1"
  node_type            = "cache.t4g.micro"
  num_cache_clusters   = 2
  parameter_group_name = aws_elasticache_parameter_group.cache.name

  automatic_failover_enabled = true
  multi_az_enabled           = true
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.data.arn
  transit_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.cache.name
  security_group_ids         = [aws_security_group.database.id]
}

resource "aws_elasticache_parameter_group" "cache" {
  name   = "parcel-cache"
  family = "valkey8"

  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lru"
  }
}

resource "aws_elasticache_subnet_group" "cache" {
  name       = "parcel-cache"
  subnet_ids = aws_subnet.data[*].id
}
