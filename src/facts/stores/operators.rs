//! Custom resources that an operator turns into a store, and where each says what.

use super::Engine;
use super::Property::{
    self, AtRest, Consistency, Encryption, Failover, Frequency, Identity, Location, Network, Pitr, Replicas, Retention,
    Tls, Verified,
};
use super::reading::Fixed::{Flag, Seconds, Silent, Word};
use super::reading::Read::{self, Cron, Days, Members, On, Quorum, There};

/// A kind that declares a store.
pub(super) struct Operator {
    /// The kind as rules write it.
    pub(super) kind: &'static str,
    /// What it speaks.
    pub(super) engine: Engine,
    /// Whether it is a database.
    pub(super) is_database: bool,
    /// Property, path, and what the value there means.
    pub(super) says: &'static [Row],
    /// The same, of what several operators share.
    pub(super) shares: &'static [Row],
}

/// What most kinds have in common.
const DATABASE: Operator = Operator { kind: "", engine: Engine::Other, is_database: true, says: &[], shares: &[] };

/// A property, the path to it, and what the value there means.
pub(super) type Row = (Property, &'static str, Read);

/// A log that is shipped as it is written: what a server loses with its last segment.
const FIVE_MINUTES: f64 = 300.0;
const STREAM: Read = There(Seconds(FIVE_MINUTES));

/// Rows of the backups that pgBackRest makes for Crunchy's and Percona's operators. It always archives the log.
const PGBACKREST: &[Row] = &[
    (Frequency, "spec.backups.pgbackrest.repos[*].schedules.full", Cron),
    (Frequency, "spec.backups.pgbackrest.repos[*].schedules.differential", Cron),
    (Frequency, "spec.backups.pgbackrest.repos[*].schedules.incremental", Cron),
    (Pitr, "spec.backups.pgbackrest.repos", STREAM),
    (Encryption, "spec.backups.pgbackrest.global[*-cipher-type]", Read::Word),
    (Verified, "spec.backups.pgbackrest.verify.schedule", Cron),
];

/// Every kind that is known.
pub(super) const OPERATORS: &[Operator] = &[
    Operator {
        kind: "Cluster.postgresql.cnpg.io",
        engine: Engine::Postgres,
        says: &[
            (Replicas, "spec.instances", Members),
            (Failover, "spec.instances", Quorum(2.0)),
            (Consistency, "spec.postgresql.synchronous.number", On(Word("synchronous"), Silent)),
            (Consistency, "spec.minSyncReplicas", On(Word("synchronous"), Silent)),
            // The operator makes certificates for every cluster; its pg_hba takes `hostssl` alone.
            (Tls, "spec.instances", There(Flag(true))),
            (Pitr, "spec.backup.barmanObjectStore", STREAM),
            (Pitr, "spec.plugins[?isWALArchiver=true]", STREAM),
            (Retention, "spec.backup.retentionPolicy", Days),
            (Encryption, "spec.backup.barmanObjectStore.data.encryption", Read::Word),
            (Identity, "spec.managed.roles", There(Flag(true))),
        ],
        ..DATABASE
    },
    Operator {
        kind: "postgresql.acid.zalan.do",
        engine: Engine::Postgres,
        says: &[
            (Replicas, "spec.numberOfInstances", Members),
            (Failover, "spec.numberOfInstances", Quorum(2.0)),
            (Consistency, "spec.patroni.synchronous_mode", On(Word("synchronous"), Silent)),
            (Network, "spec.allowedSourceRanges", There(Flag(true))),
        ],
        ..DATABASE
    },
    Operator {
        kind: "PostgresCluster.postgres-operator.crunchydata.com",
        engine: Engine::Postgres,
        says: &[
            (Replicas, "spec.instances[*].replicas", Members),
            (Failover, "spec.instances[*].replicas", Quorum(2.0)),
            (Consistency, "spec.patroni.dynamicConfiguration.synchronous_mode", On(Word("synchronous"), Silent)),
            (Tls, "spec.instances", There(Flag(true))),
            (Identity, "spec.users", There(Flag(true))),
        ],
        shares: PGBACKREST,
        ..DATABASE
    },
    Operator {
        kind: "PerconaPGCluster.pgv2.percona.com",
        engine: Engine::Postgres,
        says: &[
            (Replicas, "spec.instances[*].replicas", Members),
            (Failover, "spec.instances[*].replicas", Quorum(2.0)),
            (Identity, "spec.users", There(Flag(true))),
        ],
        shares: PGBACKREST,
        ..DATABASE
    },
    Operator {
        kind: "PerconaXtraDBCluster.pxc.percona.com",
        engine: Engine::Mysql,
        says: &[
            (Replicas, "spec.pxc.size", Members),
            (Failover, "spec.pxc.size", Quorum(3.0)),
            (Consistency, "spec.pxc.size", There(Word("synchronous"))),
            (Frequency, "spec.backup.schedule[*].schedule", Cron),
            (Pitr, "spec.backup.pitr.enabled", On(Seconds(60.0), Silent)),
        ],
        ..DATABASE
    },
    Operator {
        kind: "PerconaServerMongoDB.psmdb.percona.com",
        engine: Engine::Mongo,
        says: &[
            (Replicas, "spec.replsets[*].size", Members),
            (Failover, "spec.replsets[*].size", Quorum(3.0)),
            (Frequency, "spec.backup.tasks[?enabled=true].schedule", Cron),
            (Pitr, "spec.backup.pitr.enabled", On(Seconds(600.0), Silent)),
        ],
        ..DATABASE
    },
    Operator {
        kind: "MongoDBCommunity.mongodbcommunity.mongodb.com",
        engine: Engine::Mongo,
        says: &[
            (Replicas, "spec.members", Members),
            (Failover, "spec.members", Quorum(3.0)),
            (Tls, "spec.security.tls.enabled", On(Flag(true), Flag(false))),
            (Identity, "spec.users", There(Flag(true))),
        ],
        ..DATABASE
    },
    Operator {
        kind: "InnoDBCluster.mysql.oracle.com",
        engine: Engine::Mysql,
        says: &[
            (Replicas, "spec.instances", Members),
            (Failover, "spec.instances", Quorum(3.0)),
            (Frequency, "spec.backupSchedules[?enabled=true].schedule", Cron),
        ],
        ..DATABASE
    },
    Operator {
        kind: "MariaDB.k8s.mariadb.com",
        engine: Engine::Mysql,
        says: &[
            (Replicas, "spec.replicas", Members),
            (Failover, "spec.replication.enabled", On(Word("automatic"), Word("none"))),
            (Failover, "spec.galera.enabled", On(Word("automatic"), Word("none"))),
            (Consistency, "spec.galera.enabled", On(Word("synchronous"), Silent)),
            (Tls, "spec.tls.required", On(Flag(true), Silent)),
        ],
        ..DATABASE
    },
    Operator {
        kind: "TidbCluster.pingcap.com",
        engine: Engine::Mysql,
        says: &[
            (Replicas, "spec.tikv.replicas", Members),
            (Failover, "spec.tikv.replicas", Quorum(3.0)),
            (Consistency, "spec.tikv.replicas", There(Word("strong"))),
        ],
        ..DATABASE
    },
    Operator {
        kind: "CrdbCluster.crdb.cockroachlabs.com",
        says: &[
            (Replicas, "spec.nodes", Members),
            (Failover, "spec.nodes", Quorum(3.0)),
            (Consistency, "spec.nodes", There(Word("strong"))),
            (Tls, "spec.tlsEnabled", On(Flag(true), Flag(false))),
        ],
        ..DATABASE
    },
    Operator { kind: "Elasticsearch.elasticsearch.k8s.elastic.co", is_database: false, ..DATABASE },
    Operator { kind: "Kafka.kafka.strimzi.io", is_database: false, ..DATABASE },
];

/// A kind that backs up stores which others declare.
pub(super) struct Backer {
    /// The kind as rules write it.
    pub(super) kind: &'static str,
    /// What it can back up; everything with a volume when none is named.
    pub(super) engines: &'static [Engine],
    /// Where it names the store.
    pub(super) store: Option<&'static str>,
    /// Flags that put it out of effect.
    pub(super) suspended: &'static [&'static str],
    /// What it says.
    pub(super) says: &'static [Row],
}

/// Every kind that is known.
pub(super) const BACKERS: &[Backer] = &[
    Backer {
        kind: "ScheduledBackup.postgresql.cnpg.io",
        engines: &[Engine::Postgres],
        store: Some("spec.cluster.name"),
        suspended: &["spec.suspend"],
        says: &[(Frequency, "spec.schedule", Cron)],
    },
    Backer {
        kind: "Backup.k8s.mariadb.com",
        engines: &[Engine::Mysql],
        store: Some("spec.mariaDbRef.name"),
        suspended: &["spec.schedule.suspend"],
        says: &[(Frequency, "spec.schedule.cron", Cron), (Retention, "spec.maxRetention", Days)],
    },
    Backer {
        kind: "BackupSchedule.pingcap.com",
        engines: &[Engine::Mysql],
        store: None,
        suspended: &["spec.pause"],
        says: &[(Frequency, "spec.schedule", Cron), (Retention, "spec.maxReservedTime", Days)],
    },
    Backer {
        kind: "Schedule.velero.io",
        engines: &[],
        store: None,
        suspended: &["spec.paused"],
        says: &[(Frequency, "spec.schedule", Cron), (Retention, "spec.template.ttl", Days)],
    },
    Backer {
        kind: "Schedule.k8up.io",
        engines: &[],
        store: None,
        suspended: &[],
        // restic encrypts whatever it is told.
        says: &[
            (Frequency, "spec.backup.schedule", Cron),
            (Retention, "spec.prune.retention.keepDaily", Days),
            (Retention, "spec.prune.retention.keepWithinDaily", Days),
            (Encryption, "spec.backup", There(Word("aes_256_ctr"))),
            (Verified, "spec.check.schedule", Cron),
        ],
    },
    Backer {
        kind: "ReplicationSource.volsync.backube",
        engines: &[],
        store: None,
        suspended: &["spec.paused"],
        says: &[
            (Frequency, "spec.trigger.schedule", Cron),
            (Retention, "spec.restic.retain.daily", Days),
            (Encryption, "spec.restic", There(Word("aes_256_ctr"))),
        ],
    },
];

/// What a volume's class says about the stores on it: a class of an unknown make says nothing.
pub(super) const CLASSES: &[(Property, &str, Read)] =
    &[(AtRest, "parameters.encrypted", On(Word("aes_256"), Word("none")))];

/// Places that backups are copied to.
pub(super) const PLACES: &[(&str, &str)] = &[
    ("BackupStorageLocation.velero.io", "spec.config.region"),
    ("ObjectStore.barmancloud.cnpg.io", "spec.configuration.destinationPath"),
];

/// Where such a place says how it is encrypted.
pub(super) const PLACE_KEYS: &[Row] = &[
    (Encryption, "spec.config.kmsKeyId", There(Word("aws:kms"))),
    (Encryption, "spec.config.serverSideEncryption", Read::Word),
    (Encryption, "spec.configuration.data.encryption", Read::Word),
    (Retention, "spec.retentionPolicy", Days),
];

/// Two places are two regions.
pub(super) const TWO_PLACES: (Property, &str) = (Location, "multiple_regions");
