//! Images that run a store, and images that back one up.

use super::Engine;

/// What an image keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// A database.
    Database,
    /// Something that other programs can rebuild, or only pass on, unless it is given a place for its data.
    Cache,
    /// Files, indexes, messages.
    Data,
}

/// Names of images that keep data, longest part of an image's name first to match as a whole.
const STORES: &[(&str, Engine, Keeps)] = &[
    ("postgres", Engine::Postgres, Keeps::Database),
    ("postgresql", Engine::Postgres, Keeps::Database),
    ("postgresql-repmgr", Engine::Postgres, Keeps::Database),
    ("postgis", Engine::Postgres, Keeps::Database),
    ("timescaledb", Engine::Postgres, Keeps::Database),
    ("timescaledb-ha", Engine::Postgres, Keeps::Database),
    ("pgvector", Engine::Postgres, Keeps::Database),
    ("spilo", Engine::Postgres, Keeps::Database),
    ("mysql", Engine::Mysql, Keeps::Database),
    ("mysql-server", Engine::Mysql, Keeps::Database),
    ("mariadb", Engine::Mysql, Keeps::Database),
    ("percona", Engine::Mysql, Keeps::Database),
    ("percona-server", Engine::Mysql, Keeps::Database),
    ("mongo", Engine::Mongo, Keeps::Database),
    ("mongodb", Engine::Mongo, Keeps::Database),
    ("mongodb-community-server", Engine::Mongo, Keeps::Database),
    ("cockroach", Engine::Other, Keeps::Database),
    ("surrealdb", Engine::Other, Keeps::Database),
    ("clickhouse-server", Engine::Other, Keeps::Database),
    ("cassandra", Engine::Other, Keeps::Database),
    ("scylla", Engine::Other, Keeps::Database),
    ("neo4j", Engine::Other, Keeps::Database),
    ("couchdb", Engine::Other, Keeps::Database),
    ("influxdb", Engine::Other, Keeps::Database),
    ("redis", Engine::Redis, Keeps::Cache),
    ("valkey", Engine::Redis, Keeps::Cache),
    ("minio", Engine::Other, Keeps::Data),
    ("elasticsearch", Engine::Other, Keeps::Data),
    ("opensearch", Engine::Other, Keeps::Data),
    ("meilisearch", Engine::Other, Keeps::Data),
    ("typesense", Engine::Other, Keeps::Data),
    ("etcd", Engine::Other, Keeps::Data),
];

/// Images that make backups of a database by themselves, with the variables that say how often and how long.
pub(super) const BACKUP_IMAGES: &[(&str, &[Engine])] = &[
    ("prodrigestivill/postgres-backup-local", &[Engine::Postgres]),
    ("kartoza/pg-backup", &[Engine::Postgres]),
    ("eeshugerman/postgres-backup-s3", &[Engine::Postgres]),
    ("schickling/postgres-backup-s3", &[Engine::Postgres]),
    ("itbm/postgres-backup-s3", &[Engine::Postgres]),
    ("siemens/postgres-backup-s3", &[Engine::Postgres]),
    ("schickling/mysql-backup-s3", &[Engine::Mysql]),
    ("databack/mysql-backup", &[Engine::Mysql]),
    ("fradelg/mysql-cron-backup", &[Engine::Mysql]),
    ("tiredofit/db-backup", &[]),
    ("nfrastack/db-backup", &[]),
    ("offen/docker-volume-backup", &[]),
    ("mazzolino/restic", &[]),
    ("lobaro/restic-backup-docker", &[]),
    ("litestream/litestream", &[Engine::Sqlite]),
];

/// What an image keeps, if it keeps anything.
pub(super) fn store(image: &str) -> Option<(Engine, Keeps)> {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split(':').next().unwrap_or(last).to_lowercase();
    STORES.iter().find(|(known, ..)| *known == last).map(|(_, engine, keeps)| (*engine, *keeps))
}

/// The engines that an image backs up, if that is what it is for.
pub(super) fn backs_up(image: &str) -> Option<&'static [Engine]> {
    let image = image.to_lowercase();
    BACKUP_IMAGES.iter().find(|(name, _)| image.contains(name)).map(|(_, engines)| *engines)
}

/// Whether a name says that what is in it can be lost: a cache, a session store, a broker.
pub(super) fn may_be_lost(name: &str) -> bool {
    const WORDS: &[&str] =
        &["cache", "caching", "session", "sessions", "broker", "queue", "celery", "sidekiq", "ratelimit", "limiter"];
    name.to_lowercase().split(['-', '_', '.', '/']).any(|word| WORDS.contains(&word))
}
