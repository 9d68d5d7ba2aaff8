//! One test binary; its modules mirror `src`.

#![allow(clippy::unwrap_used, reason = "a test whose case cannot be set up should stop there")]

mod ask;
mod attested;
mod check;
mod checklist;
mod cli;
mod facts;
mod falsify;
mod judge;
mod order;
mod pattern;
mod probe;
mod projects;
mod quantity;
mod readme;
mod report;
mod rules;
mod tree;
mod tusk;
mod value;
