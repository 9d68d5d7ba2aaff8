//! What a provider or a known module takes where nothing is written (items-2.md §1.2).

use super::resource::Tool;
use super::terraform::registry;
use crate::value::{ExprKind, Kind};

/// A default: on, a number, a word, or something that the documentation leaves to the account or version.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Preset {
    Flag(bool),
    Number(i64),
    Word(&'static str),
    Unknown,
}

use Preset::{Flag, Number, Unknown, Word};

const TERRAFORM: &str = "the Terraform provider";
const CLOUDFORMATION: &str = "CloudFormation";

/// Kind (Terraform's name), setting, default; of Terraform's providers.
#[rustfmt::skip]
const OF_TERRAFORM: &[(&str, &str, Preset)] = &[
    ("aws_db_instance", "backup_retention_period", Number(0)),
    ("aws_db_instance", "storage_encrypted", Flag(false)),
    ("aws_db_instance", "multi_az", Flag(false)),
    ("aws_db_instance", "publicly_accessible", Flag(false)),
    ("aws_db_instance", "deletion_protection", Flag(false)),
    ("aws_rds_cluster", "backup_retention_period", Number(1)),
    ("aws_rds_cluster", "storage_encrypted", Flag(false)),
    ("aws_ebs_volume", "encrypted", Flag(false)),
    ("aws_efs_file_system", "encrypted", Flag(false)),
    ("aws_elasticache_replication_group", "at_rest_encryption_enabled", Flag(false)),
    ("aws_elasticache_replication_group", "transit_encryption_enabled", Flag(false)),
    ("aws_elasticache_replication_group", "automatic_failover_enabled", Flag(false)),
    ("aws_dynamodb_table", "point_in_time_recovery.enabled", Flag(false)),
    ("aws_kms_key", "enable_key_rotation", Flag(false)),
    ("aws_eks_cluster", "vpc_config.endpoint_public_access", Flag(true)),
    ("aws_eks_cluster", "vpc_config.public_access_cidrs", Word("0.0.0.0/0")),
    ("aws_lb_listener", "protocol", Word("HTTP")),
    ("aws_alb_listener", "protocol", Word("HTTP")),
    ("aws_lb_target_group", "load_balancing_algorithm_type", Word("round_robin")),
    ("aws_lb_target_group", "stickiness.enabled", Flag(false)),
    ("aws_lb_target_group", "health_check.interval", Number(30)),
    ("aws_lb_target_group", "health_check.timeout", Number(5)),
    ("aws_ecs_service", "desired_count", Number(0)),
    ("google_sql_database_instance", "settings.backup_configuration.enabled", Flag(false)),
    ("google_sql_database_instance", "settings.backup_configuration.point_in_time_recovery_enabled", Flag(false)),
    ("google_sql_database_instance", "settings.backup_configuration.backup_retention_settings.retained_backups", Number(7)),
    ("google_sql_database_instance", "settings.availability_type", Word("ZONAL")),
    ("google_alloydb_cluster", "continuous_backup_config.enabled", Flag(true)),
    ("google_alloydb_cluster", "continuous_backup_config.recovery_window_days", Number(14)),
    ("google_cloud_run_v2_service", "ingress", Word("INGRESS_TRAFFIC_ALL")),
    ("azurerm_postgresql_flexible_server", "backup_retention_days", Number(7)),
    ("azurerm_postgresql_flexible_server", "geo_redundant_backup_enabled", Flag(false)),
    ("azurerm_mysql_flexible_server", "backup_retention_days", Number(7)),
    ("azurerm_mysql_flexible_server", "geo_redundant_backup_enabled", Flag(false)),
    ("azurerm_kubernetes_cluster", "private_cluster_enabled", Flag(false)),
    ("digitalocean_database_cluster", "node_count", Unknown),
    ("cloudflare_record", "proxied", Flag(false)),
    ("cloudflare_dns_record", "proxied", Flag(false)),
];

/// The same of `CloudFormation`, where it differs.
#[rustfmt::skip]
const OF_CLOUDFORMATION: &[(&str, &str, Preset)] = &[
    ("aws_db_instance", "backup_retention_period", Number(1)),
    ("aws_db_instance", "publicly_accessible", Unknown),
    ("aws_ecs_service", "desired_count", Number(1)),
    ("aws_lb_listener", "protocol", Unknown),
];

/// The default of a setting, and whose it is.
pub(super) fn of(tool: Tool, kind: &str, declared: &str, setting: &str) -> Option<(Kind, &'static str)> {
    let of = |table: &[(&str, &str, Preset)]| {
        table.iter().find(|(known, name, _)| *known == kind && *name == setting).map(|(_, _, default)| *default)
    };
    let (default, whose) = match registry::default_of(declared, setting) {
        Some((default, source)) => (default, source),
        None if tool == Tool::CloudFormation => (of(OF_CLOUDFORMATION).or_else(|| of(OF_TERRAFORM))?, CLOUDFORMATION),
        None => (of(OF_TERRAFORM)?, TERRAFORM),
    };
    let kind = match default {
        Flag(flag) => Kind::Bool(flag),
        Number(number) => Kind::Int(number),
        Word(word) => Kind::Str(word.to_owned()),
        Unknown => Kind::expression(format!("the default of {whose}"), ExprKind::Ref),
    };
    Some((kind, whose))
}
