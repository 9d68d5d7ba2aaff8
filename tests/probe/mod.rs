//! Tests of `src/probe`.
mod cargo;
mod doc;
mod oncall;
mod papers;
mod places;
mod reports;
mod scans;
mod searching;
mod workloads;
