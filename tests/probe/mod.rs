//! Tests of `src/probe`.
mod searching;
