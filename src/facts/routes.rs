//! Operations that the service declares.

use super::Facts;

/// Operations that the service declares.
#[derive(Debug, Default)]
pub struct Routes {}

/// Reads them.
pub fn read(_facts: &Facts<'_>) -> Routes {
    Routes::default()
}
