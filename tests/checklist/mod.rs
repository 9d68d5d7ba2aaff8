//! Tests of `src/checklist`.
