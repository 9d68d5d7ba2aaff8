//! What a run found, and the writers that show it. Writers take a [`Report`] and never decide.

pub mod build;
mod model;

pub use model::*;
