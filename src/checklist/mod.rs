//! Checklists: what a release must satisfy.

mod phase;

pub use phase::Phase;
