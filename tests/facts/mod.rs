//! Tests of `src/facts`.
mod production;

mod format;
