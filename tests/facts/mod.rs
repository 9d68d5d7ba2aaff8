//! Tests of `src/facts`.
