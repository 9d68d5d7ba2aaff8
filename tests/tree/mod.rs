//! Tests of `src/tree`.

mod walk;
