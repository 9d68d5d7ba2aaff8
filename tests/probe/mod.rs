//! Tests of `src/probe`.
mod scans;
mod searching;
mod cargo;
