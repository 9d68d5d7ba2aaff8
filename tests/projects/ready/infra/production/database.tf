resource "aws_kms_key" "data" {
  description             = "parcel: database, cache and backups"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_kms_key" "copies" {
  provider                = aws.ireland
  description             = "parcel: copies of the backups"
  enable_key_rotation     = true
  deletion_window_in_days = 30
}

resource "aws_db_parameter_group" "parcel" {
  name   = "parcel"
  family = "postgres17"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name         = "shared_preload_libraries"
    value        = "pg_stat_statements,pgaudit"
    apply_method = "pending-reboot"
  }

  parameter {
    name  = "pgaudit.log"
    value = "all"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "250"
  }
}

resource "aws_db_instance" "parcel" {
  identifier     = "parcel"
  engine         = "postgres"
  engine_version = "17.6"
  instance_class = "db.r7g.xlarge"
  db_name        = "parcel"
  port           = 5432

  allocated_storage     = 200
  max_allocated_storage = 1000
  storage_encrypted     = true
  kms_key_id            = aws_kms_key.data.arn

  username                            = "parcel_owner"
  manage_master_user_password         = true
  iam_database_authentication_enabled = true

  multi_az               = true
  db_subnet_group_name   = aws_db_subnet_group.parcel.name
  vpc_security_group_ids = [aws_security_group.database.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.parcel.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"

  backup_retention_period   = 35
  backup_window             = "02:00-03:00"
  copy_tags_to_snapshot     = true
  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "parcel-final"

  performance_insights_enabled    = true
  monitoring_interval             = 60
  monitoring_role_arn             = aws_iam_role.database_monitoring.arn
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
}

# Readers for lists and reports; they may lag behind by seconds.
resource "aws_db_instance" "reader" {
  count = 2

  identifier          = "parcel-reader-${count.index}"
  replicate_source_db = aws_db_instance.parcel.identifier
  instance_class      = "db.r7g.large"
  storage_encrypted   = true
  publicly_accessible = false
  skip_final_snapshot = true

  vpc_security_group_ids = [aws_security_group.database.id]
  parameter_group_name   = aws_db_parameter_group.parcel.name
}

# Backups and the log, continuously, in Ireland.
resource "aws_db_instance_automated_backups_replication" "ireland" {
  provider = aws.ireland

  source_db_instance_arn = aws_db_instance.parcel.arn
  kms_key_id             = aws_kms_key.copies.arn
  retention_period       = 35
}

resource "aws_db_subnet_group" "parcel" {
  name       = "parcel"
  subnet_ids = aws_subnet.data[*].id
}

resource "aws_iam_role" "database_monitoring" {
  name = "parcel-database-monitoring"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "database_monitoring" {
  role       = aws_iam_role.database_monitoring.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}
