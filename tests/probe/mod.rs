//! Tests of `src/probe`.
mod cargo;
mod doc;
mod reports;
mod scans;
mod searching;
mod workloads;
