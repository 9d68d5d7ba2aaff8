//! Books parcels with carriers and tells where they are.

pub mod audit;
pub mod auth;
pub mod cache;
pub mod crypto;
pub mod error;
pub mod parcels;
pub mod routes;
pub mod settings;
pub mod telemetry;

use anyhow::Context as _;
use settings::Settings;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::sync::Arc;
use std::time::Duration;

/// What every handler has at hand.
#[derive(Clone)]
pub struct App {
    /// The settings that the service was started with.
    pub settings: Arc<Settings>,
    /// Connections to the database.
    pub pool: PgPool,
    /// Where answers about parcels are kept for a while.
    pub cache: cache::Cache,
    /// Encrypts what is about people.
    pub cipher: crypto::Cipher,
}

impl App {
    /// Connects to everything that the service needs; without it there is no start.
    pub async fn start(settings: Settings) -> anyhow::Result<Self> {
        let database = &settings.database;
        let options = PgConnectOptions::new()
            .host(&database.host)
            .port(database.port)
            .database(&database.name)
            .username(&database.username)
            .password(secrecy::ExposeSecret::expose_secret(&database.password))
            .ssl_mode(database.ssl_mode.into())
            .ssl_root_cert(&database.ssl_root_cert);
        let pool = PgPoolOptions::new()
            .min_connections(database.min_connections)
            .max_connections(database.max_connections)
            .acquire_timeout(Duration::from_secs(database.acquire_timeout_seconds))
            .idle_timeout(Duration::from_secs(database.idle_timeout_seconds))
            .connect_with(options)
            .await
            .context("the database cannot be reached")?;
        let cache = cache::Cache::connect(&settings.cache).await.context("the cache cannot be reached")?;
        let cipher = crypto::Cipher::new(&settings.encryption_key)?;
        Ok(Self { settings: Arc::new(settings), pool, cache, cipher })
    }
}
