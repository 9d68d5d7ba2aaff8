//! Tests of `src/tusk`.

mod call;
