//! Tests of `src/facts`.

mod ci;
mod code;
mod containers;
mod documents;
mod format;
mod production;
