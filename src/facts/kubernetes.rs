//! Kubernetes objects that production applies.

use super::Facts;

/// Kubernetes objects that production applies.
#[derive(Debug, Default)]
pub struct Kubernetes {}

/// Reads them.
pub fn read(_facts: &Facts<'_>) -> Kubernetes {
    Kubernetes::default()
}
