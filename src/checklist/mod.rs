//! Checklists: what a release must satisfy.

mod cadence;
mod expectation;
mod item;
mod phase;

pub use cadence::Cadence;
pub use expectation::{Expectation, Range, Secret, SecretWay};
pub use item::{Checklist, Item, Section};
pub use phase::Phase;
