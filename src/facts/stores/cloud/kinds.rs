//! The kinds of resources that are stores, and what their settings say.

use super::super::Engine;
use super::super::Property::{
    self, AtRest, Consistency, Encryption, Failover, Frequency, Identity, Insights, Location, Network, Pitr, Retention,
    Tls,
};
use super::super::reading::Fixed::{self, Flag, Seconds, Silent, Word};
use super::super::reading::NEVER;
use super::super::reading::Read::{self, Days, On, Quorum, There};

const DAY: f64 = 86_400.0;
/// What the managed services say can be lost at most.
pub(super) const FIVE_MINUTES: f64 = 300.0;

/// A kind of resource that is a store.
pub(super) struct Cloud {
    pub(super) kind: &'static str,
    pub(super) engine: Engine,
    pub(super) is_database: bool,
    /// A setting that makes it a replica of another one.
    pub(super) replica: Option<&'static str>,
    pub(super) says: &'static [(Property, &'static str, Read)],
    /// What its provider always does, whatever is written.
    pub(super) always: &'static [(Property, Fixed, &'static str)],
}

/// The kinds.
pub(super) const CLOUDS: &[Cloud] = &[
    Cloud {
        kind: "aws_db_instance",
        engine: Engine::Postgres,
        replica: Some("replicate_source_db"),
        says: &[
            (Frequency, "backup_retention_period", On(Seconds(DAY), Seconds(NEVER))),
            (Retention, "backup_retention_period", Days),
            (Pitr, "backup_retention_period", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
            (Encryption, "storage_encrypted", On(Word("aes_256"), Word("none"))),
            (AtRest, "storage_encrypted", On(Word("aes_256"), Word("none"))),
            (Failover, "multi_az", On(Word("automatic"), Word("none"))),
            (Identity, "iam_database_authentication_enabled", On(Flag(true), Silent)),
            (Network, "publicly_accessible", On(Flag(false), Flag(true))),
            (Insights, "performance_insights_enabled", On(Flag(true), Silent)),
        ],
        ..BASE
    },
    Cloud { kind: "aws_rds_cluster", engine: Engine::Postgres, says: RDS_CLUSTER, ..BASE },
    Cloud { kind: "aws_docdb_cluster", engine: Engine::Mongo, says: RDS_CLUSTER, ..BASE },
    Cloud {
        kind: "aws_dynamodb_table",
        says: &[
            (Frequency, "point_in_time_recovery.enabled", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
            (Retention, "point_in_time_recovery.enabled", On(Seconds(35.0 * DAY), Seconds(0.0))),
            (Pitr, "point_in_time_recovery.enabled", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
        ],
        always: &[
            (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
            (Encryption, Word("aes_256"), "backups that its provider encrypts always"),
            (Failover, Word("automatic"), "three zones of its provider"),
            (Tls, Flag(true), "an endpoint that takes nothing but TLS"),
        ],
        ..BASE
    },
    Cloud {
        kind: "google_sql_database_instance",
        engine: Engine::Postgres,
        replica: Some("master_instance_name"),
        says: &[
            (Frequency, "settings.backup_configuration.enabled", On(Seconds(DAY), Seconds(NEVER))),
            (Pitr, "settings.backup_configuration.point_in_time_recovery_enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Pitr, "settings.backup_configuration.binary_log_enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Retention, "settings.backup_configuration.backup_retention_settings.retained_backups", Days),
            (Network, "settings.ip_configuration.private_network", There(Flag(true))),
            (Insights, "settings.insights_config.query_insights_enabled", On(Flag(true), Silent)),
        ],
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud {
        kind: "google_alloydb_cluster",
        engine: Engine::Postgres,
        says: &[
            (Frequency, "continuous_backup_config.enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Pitr, "continuous_backup_config.enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Retention, "continuous_backup_config.recovery_window_days", Days),
        ],
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud {
        kind: "google_spanner_instance",
        always: &[
            (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
            (Failover, Word("automatic"), "replicas that are part of the service"),
            (Consistency, Word("strong"), "reads that see every write"),
            (Tls, Flag(true), "an endpoint that takes nothing but TLS"),
        ],
        ..BASE
    },
    Cloud {
        kind: "azurerm_postgresql_flexible_server",
        engine: Engine::Postgres,
        replica: Some("source_server_id"),
        says: AZURE,
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud {
        kind: "azurerm_mysql_flexible_server",
        engine: Engine::Mysql,
        replica: Some("source_server_id"),
        says: AZURE,
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud { kind: "azurerm_mssql_database", always: ALWAYS_ENCRYPTED, ..BASE },
    Cloud { kind: "azurerm_cosmosdb_account", engine: Engine::Mongo, always: ALWAYS_ENCRYPTED, ..BASE },
    Cloud {
        kind: "digitalocean_database_cluster",
        engine: Engine::Postgres,
        says: &[(Failover, "node_count", Quorum(2.0)), (Network, "private_network_uuid", There(Flag(true)))],
        always: &[
            (Frequency, Seconds(DAY), "a daily backup by the provider"),
            (Retention, Seconds(7.0 * DAY), "seven days, which the provider fixes"),
            (Pitr, Seconds(FIVE_MINUTES), "recovery to a point in time by the provider"),
            (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
            (Encryption, Word("aes_256"), "backups that its provider encrypts always"),
        ],
        ..BASE
    },
    Cloud {
        kind: "mongodbatlas_advanced_cluster",
        engine: Engine::Mongo,
        says: &[
            (Frequency, "backup_enabled", On(Seconds(DAY), Seconds(NEVER))),
            (Pitr, "pit_enabled", On(Seconds(FIVE_MINUTES), Silent)),
            (Failover, "cluster_type", There(Word("automatic"))),
        ],
        always: ALWAYS_ENCRYPTED,
        ..BASE
    },
    Cloud { kind: "neon_project", engine: Engine::Postgres, always: ALWAYS_ENCRYPTED, ..BASE },
    Cloud {
        kind: "aws_opensearch_domain",
        is_database: false,
        says: &[(AtRest, "encrypt_at_rest.enabled", On(Word("aes_256"), Word("none")))],
        always: &[
            (Frequency, Seconds(3600.0), "an hourly snapshot by the provider"),
            (Retention, Seconds(14.0 * DAY), "fourteen days, which the provider fixes"),
            (Encryption, Word("aes_256"), "snapshots that its provider encrypts always"),
        ],
        ..BASE
    },
];

const BASE: Cloud = Cloud { kind: "", engine: Engine::Other, is_database: true, replica: None, says: &[], always: &[] };

const RDS_CLUSTER: &[(Property, &str, Read)] = &[
    (Frequency, "backup_retention_period", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
    (Retention, "backup_retention_period", Days),
    (Pitr, "backup_retention_period", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
    (Encryption, "storage_encrypted", On(Word("aes_256"), Word("none"))),
    (AtRest, "storage_encrypted", On(Word("aes_256"), Word("none"))),
    (Identity, "iam_database_authentication_enabled", On(Flag(true), Silent)),
    (Insights, "performance_insights_enabled", On(Flag(true), Silent)),
];

const ALWAYS_ENCRYPTED: &[(Property, Fixed, &str)] = &[
    (AtRest, Word("aes_256"), "storage that its provider encrypts always"),
    (Encryption, Word("aes_256"), "backups that its provider encrypts always"),
];

const AZURE: &[(Property, &str, Read)] = &[
    (Frequency, "backup_retention_days", On(Seconds(DAY), Seconds(NEVER))),
    (Retention, "backup_retention_days", Days),
    (Pitr, "backup_retention_days", On(Seconds(FIVE_MINUTES), Seconds(NEVER))),
    (Location, "geo_redundant_backup_enabled", On(Word("multiple_regions"), Word("same_region"))),
    (Failover, "high_availability.mode", There(Word("automatic"))),
    (Network, "delegated_subnet_id", There(Flag(true))),
];
