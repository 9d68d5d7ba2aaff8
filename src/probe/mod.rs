//! The instruments: each looks at the facts with its arguments and says what it saw.
//!
//! A probe never knows the expectation. It returns sightings with typed values; comparing is the judge's.
//! A new probe is one file here and one word in [`ALL`].

pub mod alert;
pub mod alert_runbooks;
pub mod allowlist;
pub mod attested;
pub mod backup;
pub mod balancer;
pub mod cargo_bench;
pub mod cargo_lint;
pub mod cargo_profile;
pub mod ci_deploys;
pub mod ci_gate;
pub mod ci_runs;
pub mod ci_uses;
pub mod codecov;
pub mod collector;
pub mod config;
pub mod container;
pub mod dashboard;
pub mod db;
pub mod dep;
pub mod doc;
pub mod doc_dangling;
pub mod doc_states;
pub mod entry;
pub mod file;
pub mod git;
pub mod health;
pub mod infra;
pub mod journeys;
pub mod k8s;
mod lacking;
mod left_out;
pub mod logger;
pub mod migrations;
mod nearest;
pub mod notify;
pub mod oncall;
pub mod openapi;
pub mod perimeter;
pub mod place;
pub mod record;
pub mod report_audit;
pub mod report_bench;
pub mod report_coverage;
pub mod report_load;
pub mod report_sarif;
pub mod report_tests;
pub mod report_usage;
pub mod rollout;
pub mod routes;
pub mod scaling;
pub mod scan_advisories;
pub mod scan_certificates;
pub mod scan_permissions;
mod scan_scope;
pub mod scan_secrets;
pub mod schedule;
pub mod schema;
pub mod scrape;
pub mod secret;
pub mod source;
pub mod tests;
pub mod text;

use crate::evidence::Answer;
use crate::facts::Facts;
use crate::value::{Kind, Map, Value};
use std::sync::Arc;

/// Every probe, by name; one a line, so that two people can add one each.
#[rustfmt::skip]
pub static ALL: &[&Probe] = &[
    &allowlist::PROBE,
    &alert::PROBE,
    &alert_runbooks::PROBE,
    &attested::PROBE,
    &backup::PROBE,
    &balancer::PROBE,
    &cargo_bench::PROBE,
    &cargo_lint::PROBE,
    &cargo_profile::PROBE,
    &ci_deploys::PROBE,
    &ci_gate::PROBE,
    &ci_runs::PROBE,
    &ci_uses::PROBE,
    &codecov::PROBE,
    &collector::PROBE,
    &config::PROBE,
    &container::PROBE,
    &dashboard::PROBE,
    &db::PROBE,
    &dep::PROBE,
    &doc::PROBE,
    &doc_dangling::PROBE,
    &doc_states::PROBE,
    &entry::PROBE,
    &file::PROBE,
    &git::PROBE,
    &health::PROBE,
    &infra::PROBE,
    &journeys::PROBE,
    &k8s::PROBE,
    &logger::PROBE,
    &migrations::PROBE,
    &notify::PROBE,
    &oncall::PROBE,
    &openapi::PROBE,
    &perimeter::PROBE,
    &place::PROBE,
    &record::PROBE,
    &report_audit::PROBE,
    &report_bench::PROBE,
    &report_coverage::PROBE,
    &report_load::PROBE,
    &report_sarif::PROBE,
    &report_tests::PROBE,
    &report_usage::PROBE,
    &rollout::PROBE,
    &routes::PROBE,
    &scaling::PROBE,
    &scan_advisories::PROBE,
    &scan_certificates::PROBE,
    &scan_permissions::PROBE,
    &scan_secrets::PROBE,
    &schedule::PROBE,
    &schema::PROBE,
    &scrape::PROBE,
    &secret::PROBE,
    &source::PROBE,
    &tests::PROBE,
    &text::PROBE,
];

/// One instrument.
#[derive(Debug)]
pub struct Probe {
    /// Its name as rules write it, without `@`: `ci.runs`.
    pub name: &'static str,
    /// One sentence: what it looks at and what it yields.
    pub summary: &'static str,
    /// How it is called, for `list probes` and error messages: `@ci.runs(command, word…) {gate, value}`.
    pub usage: &'static str,
    /// How many positional arguments it takes, at least and at most.
    pub arity: (usize, usize),
    /// From which positional argument on the words are regular expressions; `None` if none is.
    pub patterns_from: Option<usize>,
    /// Words that the first argument may be, when the probe knows a fixed set of facts; empty when it is free.
    pub facts: &'static [&'static str],
    /// The options it understands.
    pub options: &'static [&'static str],
    /// Looks.
    pub look: fn(&Facts<'_>, &Question) -> Answer,
}

/// The arguments of one call of a probe, names resolved, ready to ask.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Positional arguments.
    pub args: Vec<Arg>,
    /// Named options: `{gate, value: "--fail-under-lines"}`; a bare name is `true`.
    pub options: Map,
}

/// One positional argument: any one of its words will do (`"a" | "b"`, a list, or a named list `$c.clippy`).
pub type Arg = Vec<Word>;

/// One word of an argument.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// The text; a regular expression when `is_pattern`.
    pub text: Arc<str>,
    /// Written `~"…"`, or in a place where the probe takes patterns.
    pub is_pattern: bool,
    /// What else a named list says about this word, when its entry is a map: its first key gives the text.
    pub attributes: Arc<Map>,
}

impl Question {
    /// The words of one positional argument; none if it was not given.
    pub fn arg(&self, index: usize) -> &[Word] {
        self.args.get(index).map_or(&[], Vec::as_slice)
    }

    /// The words of all positional arguments from `index` on.
    pub fn words_from(&self, index: usize) -> impl Iterator<Item = &Word> {
        self.args.iter().skip(index).flatten()
    }

    /// The first word of the first argument: the fact asked for.
    pub fn fact(&self) -> &str {
        self.arg(0).first().map_or("", |word| &word.text)
    }

    /// Whether an option is set and not `false`.
    pub fn is_set(&self, option: &str) -> bool {
        self.option(option).is_some_and(|value| value.as_bool() != Some(false))
    }

    /// The value of an option.
    pub fn option(&self, option: &str) -> Option<&Value> {
        self.options.get(option).map(|field| &field.value)
    }

    /// The text of an option.
    pub fn option_text(&self, option: &str) -> Option<&str> {
        self.option(option).and_then(Value::as_str)
    }
}

impl Question {
    /// The texts of an option: one, or a list of them.
    pub fn option_texts(&self, option: &str) -> Vec<String> {
        match self.option(option).map(|value| (&value.kind, value)) {
            Some((Kind::List(list), _)) => list.iter().filter_map(Value::scalar_text).collect(),
            Some((_, value)) => value.scalar_text().into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// The probe of a name.
pub fn find(name: &str) -> Option<&'static Probe> {
    ALL.iter().copied().find(|probe| probe.name == name)
}
