//! One test binary; its modules mirror `src`.

mod check;
mod checklist;
mod facts;
mod judge;
mod probe;
mod quantity;
mod report;
mod rules;
mod tree;
mod tusk;
