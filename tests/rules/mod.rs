//! Tests of `src/rules`.
