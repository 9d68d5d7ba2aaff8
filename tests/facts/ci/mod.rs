//! Tests of `src/facts/ci`.

mod clouds;
mod images;
mod jenkins;
mod others;
mod pattern;
mod shell;
mod systems;
