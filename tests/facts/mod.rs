//! Tests of `src/facts`.

mod code;
mod containers;
mod documents;
mod format;
mod production;
mod ci;
