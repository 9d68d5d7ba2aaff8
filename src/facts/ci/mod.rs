//! What CI runs, and which of it can stop a merge or a release.

pub mod excerpt;
mod path;
pub mod pattern;
pub mod shell;

use super::Facts;

/// What CI runs, and which of it can stop a merge or a release.
#[derive(Debug, Default)]
pub struct Ci {}

/// Reads them.
pub fn read(_facts: &Facts<'_>) -> Ci {
    Ci::default()
}
