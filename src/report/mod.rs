//! What a run found, and the writers that show it. Writers take a [`Report`] and never decide.

pub mod build;
pub mod json;
pub mod markdown;
mod model;
mod tally;
pub mod terminal;
mod text;

pub use model::*;
pub use text::plain;
