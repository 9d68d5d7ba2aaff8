//! Tests of `src/facts`.
mod containers;
mod production;

mod format;
mod documents;
