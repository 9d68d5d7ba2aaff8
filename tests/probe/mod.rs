//! Tests of `src/probe`.
mod cargo;
mod scans;
mod searching;
