//! Tests of `src/facts`.

mod ci;
mod code;
mod config;
mod containers;
mod documents;
mod format;
mod kubernetes;
mod manifests;
mod history;
mod production;
mod secrets;
