//! Tests of `src/facts/ci`.

mod others;
mod pattern;
mod shell;
mod systems;
