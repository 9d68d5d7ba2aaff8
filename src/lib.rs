//! `tusk-check` answers one question about a project: is it ready for production, and what proves it?
//!
//! A checklist says what must hold. A rule says what would prove it. A probe looks. The judge weighs. A report shows.
//!
//! ```text
//! checklist (.tsk, .md, .yaml, .toml) ──▶ Checklist ──┐
//! project tree ──walk once──▶ Tree ──▶ Facts ─────────┼──▶ ask ──▶ judge ──▶ Report ──▶ terminal, markdown, json
//! rules (src/rules/*.tsk, data) ──▶ RuleSet ──────────┘                        └──▶ exit status
//! ```

pub mod ask;
pub mod check;
pub mod checklist;
pub mod cli;
pub mod convert;
pub mod diagnostic;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod file;
pub mod judge;
pub mod list;
pub mod nearest;
pub mod probe;
pub mod quantity;
pub mod report;
pub mod rules;
pub mod run;
pub mod source;
pub mod translate;
pub mod tree;
pub mod tusk;
pub mod value;
