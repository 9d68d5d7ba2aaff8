//! Tests of `src/facts`.

mod advisories;
mod alerts;
mod attestations;
mod ci;
mod clocks;
mod code;
mod config;
mod containers;
mod documents;
mod format;
mod helm;
mod helmfile;
pub(crate) mod history;
mod infra;
mod kubernetes;
mod manifests;
mod notify;
mod own_name;
mod production;
mod routes;
mod secrets;
mod settings_types;
mod stacks;
