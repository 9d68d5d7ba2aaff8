//! Tests of `src/facts/ci`.

mod pattern;
mod shell;
mod systems;
