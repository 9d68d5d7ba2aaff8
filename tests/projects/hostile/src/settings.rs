//! Settings that nothing loads.

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Settings {
    pub database_url: Option<String>,
    pub api_key: Option<String>,
    pub log_level: Option<String>,
    pub port: i64,
    pub timeout: i64,
    pub debug: Option<bool>,
}

impl Settings {
    /// Never called.
    pub fn validate(&self) -> Result<(), String> {
        Ok(())
    }
}
