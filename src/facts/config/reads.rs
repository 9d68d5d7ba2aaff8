//! Where the program reads its environment, and the defaults that stand beside.

use super::Setting;
use crate::evidence::Place;
use crate::facts::Facts;

/// One reading of an environment variable in source.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvRead {
    /// The variable.
    pub name: String,
    /// The literal for when it is not set, as written.
    pub default: Option<String>,
    /// Where.
    pub place: Place,
}

/// Finds them.
pub(super) fn read(_facts: &Facts<'_>) -> Vec<EnvRead> {
    Vec::new()
}

/// The defaults as settings of the weakest layer.
pub(super) fn defaults(_reads: &[EnvRead], _settings: &mut Vec<Setting>) {}
