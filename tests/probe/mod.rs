//! Tests of `src/probe`.
mod cargo;
mod doc;
mod scans;
mod searching;
mod workloads;
