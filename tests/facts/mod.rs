//! Tests of `src/facts`.
mod production;
