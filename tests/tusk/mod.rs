//! Tests of `src/tusk`.
