//! Reports that other tools left in the tree.

use super::Facts;

/// Reports that other tools left in the tree.
#[derive(Debug, Default)]
pub struct Reports {}

/// Reads them.
pub fn read(_facts: &Facts<'_>) -> Reports {
    Reports::default()
}
