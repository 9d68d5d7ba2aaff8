//! Tests of `src/facts`.
mod containers;
mod production;

mod documents;
mod format;
