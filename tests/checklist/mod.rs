//! Tests of `src/checklist`.

mod expectation;
