//! What the service is told at its start: `config/base.yaml`, `config/production.yaml`, and `PARCEL__*` over both.

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use serde::Deserialize;
use sqlx::postgres::PgSslMode;
use std::path::PathBuf;
use validator::Validate;

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The least severe level that is logged.
    pub log_level: LogLevel,
    /// The listener.
    #[validate(nested)]
    pub server: Server,
    /// The database.
    #[validate(nested)]
    pub database: Database,
    /// The cache.
    #[validate(nested)]
    pub cache: CacheSettings,
    /// Tokens of users.
    #[validate(nested)]
    pub auth: Auth,
    /// The carriers' interface.
    #[validate(nested)]
    pub carrier: Carrier,
    /// The key that personal fields are encrypted with, 32 bytes in Base64.
    pub encryption_key: SecretString,
    /// Where errors are reported to.
    pub sentry_dsn: SecretString,
    /// Where spans are sent to.
    pub otel_exporter_otlp_endpoint: String,
    /// Whether `/metrics` is served.
    pub metrics_enabled: bool,
}

/// The listener.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The port.
    #[validate(range(min = 1, max = 65535))]
    pub port: u16,
    /// A request is given up after this many seconds.
    #[validate(range(min = 1, max = 300))]
    pub timeout_seconds: u64,
    /// How many requests a minute one client may make.
    #[validate(range(min = 1, max = 10000))]
    pub requests_per_minute: u32,
    /// The certificate.
    pub tls: Tls,
}

/// The certificate that the service shows.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The chain, PEM.
    pub cert_path: PathBuf,
    /// Its key, PEM.
    pub key_path: PathBuf,
}

/// The database.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The host.
    #[validate(length(min = 1))]
    pub host: String,
    /// The port.
    #[validate(range(min = 1, max = 65535))]
    pub port: u16,
    /// The database's name.
    #[validate(length(min = 1))]
    pub name: String,
    /// The role of the service: it reads and writes rows, and owns nothing.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// The role that runs migrations, in a job of its own.
    pub migration_user: String,
    /// How the connection is secured.
    pub ssl_mode: SslMode,
    /// Who signed the server's certificate.
    pub ssl_root_cert: PathBuf,
    /// Connections that are kept open.
    #[validate(range(min = 1, max = 100))]
    pub min_connections: u32,
    /// Connections at the most.
    #[validate(range(min = 1, max = 200))]
    pub max_connections: u32,
    /// How long a request waits for a connection.
    #[validate(range(min = 1, max = 60))]
    pub acquire_timeout_seconds: u64,
    /// How long an unused connection stays open.
    #[validate(range(min = 10, max = 3600))]
    pub idle_timeout_seconds: u64,
}

/// The cache of answers about parcels.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct CacheSettings {
    /// Where Redis is.
    pub redis_url: SecretString,
    /// How long an answer is good for.
    #[validate(range(min = 1, max = 86400))]
    pub ttl_seconds: u64,
}

/// Tokens of users.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The public half of the key that tokens are signed with, PEM.
    pub jwt_public_key: SecretString,
    /// The private half.
    pub jwt_signing_key: SecretString,
    /// How long an access token is good for.
    #[validate(range(min = 60, max = 86400))]
    pub access_token_ttl_seconds: u64,
    /// How long a refresh token is good for.
    #[validate(range(min = 1, max = 90))]
    pub refresh_days: u32,
}

/// The carriers' interface.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// Its address.
    #[validate(url)]
    pub base_url: String,
    /// The key that it knows us by.
    pub api_key: SecretString,
    /// A request to it is given up after this many seconds.
    #[validate(range(min = 1, max = 300))]
    pub timeout_seconds: u64,
}

/// The levels that there are.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What developers want to know.
    Debug,
    /// What happens.
    Info,
    /// What should not.
    Warn,
    /// What must not.
    Error,
}

/// Ways to reach the database; the ones that trust anybody are left out.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Encrypted, for tests against a container.
    Require,
    /// Encrypted, and it is the server that it says it is.
    VerifyFull,
}

impl From<SslMode> for PgSslMode {
    fn from(mode: SslMode) -> Self {
        match mode {
            SslMode::Require => Self::Require,
            SslMode::VerifyFull => Self::VerifyFull,
        }
    }
}

impl Settings {
    /// Reads the files of the environment that `PARCEL_ENV` names, and variables over them.
    pub fn load() -> anyhow::Result<Self> {
        let environment = std::env::var("PARCEL_ENV").context("PARCEL_ENV is not set")?;
        let settings: Settings = config::Config::builder()
            .add_source(config::File::with_name("config/base"))
            .add_source(config::File::with_name(&format!("config/{environment}")))
            .add_source(config::Environment::with_prefix("PARCEL").prefix_separator("__").separator("__"))
            .build()?
            .try_deserialize::<Settings>()?;
        settings.validate()?;
        settings.refuse_what_is_insecure(&environment)?;
        Ok(settings)
    }

    /// Production does not start on settings that are fine on a laptop.
    fn refuse_what_is_insecure(&self, environment: &str) -> anyhow::Result<()> {
        if environment != "production" {
            return Ok(());
        }
        if !matches!(self.database.ssl_mode, SslMode::VerifyFull) {
            bail!("refusing to start: an insecure connection to the database");
        }
        if !self.carrier.base_url.starts_with("https://") {
            bail!("refusing to start: the carrier must be https");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_one_of_four_words() {
        assert!(serde_json::from_str::<LogLevel>("\"warn\"").is_ok());
        assert!(serde_json::from_str::<LogLevel>("\"loud\"").is_err());
    }

    #[test]
    fn a_pool_without_connections_is_refused() {
        let text = include_str!("../tests/settings/valid.json").replace("\"max_connections\": 100", "\"max_connections\": 0");
        let settings: Settings = serde_json::from_str(&text).expect("well-formed");
        assert!(settings.validate().is_err());
    }
}
