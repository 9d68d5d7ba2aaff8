//! The types that the program reads its settings into.

use super::Facts;

/// The types that the program reads its settings into.
#[derive(Debug, Default)]
pub struct SettingsTypes {}

/// Reads them.
pub fn read(_facts: &Facts<'_>) -> SettingsTypes {
    SettingsTypes::default()
}
