//! Tests of `src/probe`.
mod cargo;
mod scans;
mod doc;
mod searching;
