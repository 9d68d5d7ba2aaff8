//! Tests of `src/probe`.
