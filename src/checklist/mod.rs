//! Checklists: what a release must satisfy.

mod broken;
mod build;
mod cadence;
mod expectation;
mod item;
mod load;
mod markdown;
mod phase;
mod select;

pub use broken::Broken;
pub use cadence::Cadence;
pub use expectation::{Expectation, Range, Secret, SecretWay};
pub use item::{Checklist, Item, Section};
pub use load::{BUILT_IN, BuiltIn, Form, Loaded, is_checklist, load, production, read};
pub use phase::Phase;
pub use select::Selection;
