//! Tests of `src/facts/ci`.

mod images;
mod others;
mod pattern;
mod shell;
mod systems;
