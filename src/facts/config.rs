//! The effective settings of production, with their layers.

use super::Facts;

/// The effective settings of production, with their layers.
#[derive(Debug, Default)]
pub struct Config {}

/// Reads them.
pub fn read(_facts: &Facts<'_>) -> Config {
    Config::default()
}
