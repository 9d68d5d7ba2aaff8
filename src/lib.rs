//! `tusk-check` answers one question about a project: is it ready for production, and what proves it?
//!
//! A checklist says what must hold. A rule says what would prove it. A probe looks. The judge weighs. A report shows.
//!
//! ```text
//! checklist (.tsk, .md, .yaml, .toml) ──▶ Checklist ──┐
//! project tree ──walk once──▶ Tree ──▶ Facts ─────────┼──▶ ask ──▶ judge ──▶ Report ──▶ terminal, markdown, json
//! rules (src/rules/*.tsk, data) ──▶ RuleSet ──────────┘                        └──▶ exit status
//! ```
//!
//! # Where things are
//!
//! | room | what happens there |
//! |---|---|
//! | [`run`], [`cli`] | what was typed, and the flow above from end to end |
//! | [`tusk`] | the TuskLang reader, its calls, its serde side, its Markdown fences |
//! | [`checklist`], [`quantity`] | items and what each expects, as types |
//! | [`tree`] | the walk; each file read once |
//! | [`facts`] | parsed views of the tree: CI, settings, containers, Kubernetes, manifests, documents, reports, … |
//! | [`probe`] | one instrument a file; returns sightings, never knows the expectation |
//! | [`rules`] | the rule language and the catalogue (`*.tsk`); says which rule asks for an item |
//! | [`ask`], [`judge`], [`check`] | ask the probes once, weigh what they saw, item by item |
//! | [`falsify`] | `--falsify`: takes away what proved an item and judges again |
//! | [`report`] | the model that all writers take; one writer a file |
//!
//! # What holds
//!
//! * A verdict of met or unmet cannot be built without a sighting ([`judge::Proven`]).
//! * [`judge`] and [`report`] never touch the disk; probes never compare with the expectation; writers never decide.
//! * Offsets are bytes everywhere; [`source::Source::line_col`] is the one place that adds 1.
//! * Nothing of the tree is executed, and no symbolic link is followed.
//! * Results carry no hash order: two runs print the same bytes.

pub mod ask;
pub mod check;
pub mod checklist;
pub mod cli;
pub mod convert;
pub mod diagnostic;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod falsify;
pub mod file;
pub mod judge;
pub mod list;
pub mod nearest;
pub mod pattern;
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
