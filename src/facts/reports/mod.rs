//! Reports that other tools left in the tree, told by what they hold and not by their names.
//!
//! Reports are usually not committed, so besides the tree the few places are looked at where tools write them
//! (`places`). A tool's own test data is no report. [`Report::freshness`] says whether a report is about the source
//! as it is now.

mod audit;
mod bench;
mod coverage;
mod findings;
mod load;
mod places;
mod tests;
mod usage;

pub use audit::{Audit, Vulnerability};
pub use bench::Bench;
pub use coverage::{Coverage, Lines, Share};
pub use findings::{Finding, Findings};
pub use load::{Load, Measured};
pub use tests::TestRun;
pub use usage::Usage;

use super::Facts;
use super::format::{Format, parse};
use super::history::Freshness;
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::source::{Source, Span};
use memchr::memmem;
use std::sync::Arc;

/// Larger reports are listed as unread.
const MAX_REPORT: u64 = 32 * 1024 * 1024;

/// Words of the JSON reports that are known; a text with none of them is not parsed for its sake.
const MARKS: &[&str] = &[
    "llvm.coverage.json.export",
    "\"coverable\"",
    "\"pct\"",
    "\"covered_lines\"",
    "\"runs\"",
    "\"lockfile\"",
    "auditReportVersion",
    "\"SchemaVersion\"",
    "\"descriptor\"",
    "\"vulns\"",
    "\"packages\"",
    "_req_duration\"",
    "\"latencies\"",
    "\"latencyPercentiles\"",
    "\"p97_5\"",
    "\"percentiles3\"",
    "\"pct2ResTime\"",
    "\"percentile_95\"",
    "\"point_estimate\"",
    "\"stddev\"",
    "\"dhatFileVersion\"",
    "\"resultType\"",
];

/// Every report that was found.
#[derive(Debug, Default)]
pub struct Reports {
    /// The reports, sorted by path.
    pub all: Vec<Report>,
    /// What looked like a report and could not be read.
    pub blind: Vec<Blind>,
}

/// One report.
#[derive(Debug)]
pub struct Report {
    /// Its path, relative to the root.
    pub path: Arc<str>,
    /// Whether the tree holds it; its places can be shown then.
    in_tree: bool,
    /// Whether it is about the source as it is now.
    pub freshness: Freshness,
    /// What it holds.
    pub content: Content,
}

/// What a report holds.
#[derive(Debug)]
pub enum Content {
    /// How much of the code the tests ran.
    Coverage(Coverage),
    /// A run of tests.
    Tests(TestRun),
    /// What an analyser found.
    Findings(Vec<Findings>),
    /// Known vulnerabilities of dependencies.
    Audit(Audit),
    /// A run under load.
    Load(Load),
    /// Times of benchmarks.
    Bench(Vec<Bench>),
    /// What programs used.
    Usage(Vec<Usage>),
}

impl Report {
    /// A place in the report.
    pub fn place(&self, span: Span) -> Place {
        if self.in_tree { Place::at(self.path.clone(), span) } else { Place::file(self.path.clone()) }
    }

    /// Puts a report that is not about the source as it is now where it counts for nothing, and says whether it did.
    pub fn set_aside(&self, answer: &mut Answer, message: impl FnOnce() -> String) -> bool {
        match &self.freshness {
            Freshness::Fresh => return false,
            Freshness::Stale(why) => {
                let message = format!("{}, but the report is stale: {why}", message());
                answer.notes.push(Sighting::new(Place::file(self.path.clone()), Strength::Measured, message));
            }
            Freshness::Unknown(why) => {
                let why = format!("{}, but the report's age is unknown: {why}", message());
                answer.blind.push(Blind { place: Some(Place::file(self.path.clone())), why });
            }
        }
        true
    }
}

/// Reads every report.
pub fn read(facts: &Facts<'_>) -> Reports {
    let mut reports = Reports::default();
    for candidate in places::candidates(facts) {
        let text = match &candidate.source {
            Ok(source) => source,
            Err(why) => {
                reports.blind.push(Blind { place: Some(Place::file(candidate.path)), why: why.clone() });
                continue;
            }
        };
        match sniff(text) {
            None => {}
            Some(Err(why)) => reports.blind.push(Blind { place: Some(Place::file(candidate.path)), why }),
            Some(Ok(content)) => reports.all.push(Report {
                freshness: freshness(facts, &candidate.path, text.text()),
                in_tree: candidate.in_tree,
                path: candidate.path,
                content,
            }),
        }
    }
    reports
}

/// A report that names this very commit is about it, however old the file is.
fn freshness(facts: &Facts<'_>, path: &str, text: &str) -> Freshness {
    let history = facts.history();
    let names_head = history.head().is_some_and(|head| memmem::find(text.as_bytes(), head.as_bytes()).is_some());
    if names_head { Freshness::Fresh } else { history.freshness(facts, path) }
}

/// What a text reports; `None` if it is no report, an error if it is one and cannot be read.
fn sniff(source: &Source) -> Option<Result<Content, String>> {
    let text = source.text();
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("TN:") || start.starts_with("SF:") {
        return Some(coverage::lcov(text).map(Content::Coverage).ok_or_else(|| "not a whole lcov report".into()));
    }
    if start.starts_with('<') {
        return xml(text);
    }
    if !start.starts_with(['{', '[']) {
        return load::text(text)
            .map(Content::Load)
            .or_else(|| Some(Content::Usage(vec![usage::gnu_time(text)?])))
            .map(Ok);
    }
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if has("\"reason\"") && has("\"compiler-") {
        return Some(Ok(Content::Findings(vec![findings::cargo(text)])));
    }
    if has("\"type\":\"diagnostic\"") || has("\"type\": \"diagnostic\"") {
        return Some(Ok(Content::Audit(audit::cargo_deny(text))));
    }
    if has("\"MemUsage\"") {
        return Some(Ok(Content::Usage(usage::docker(text))));
    }
    if !MARKS.iter().any(|mark| has(mark)) {
        return None;
    }
    // What cannot be parsed here is reported by whoever needs it as settings or data.
    let value = parse(Format::Json, source).ok()?.into_iter().next()?;
    coverage::json(&value)
        .map(Content::Coverage)
        .or_else(|| findings::sarif(&value).map(Content::Findings))
        .or_else(|| audit::json(&value).map(Content::Audit))
        .or_else(|| load::json(&value).map(Content::Load))
        .or_else(|| bench::json(source.name(), &value).map(Content::Bench))
        .or_else(|| usage::json(&value).map(Content::Usage))
        .map(Ok)
}

fn xml(text: &str) -> Option<Result<Content, String>> {
    let is_report = ["<coverage", "<report", "<testsuite"]
        .iter()
        .any(|mark| memmem::find(&text.as_bytes()[..text.len().min(4096)], mark.as_bytes()).is_some());
    if !is_report {
        return None;
    }
    // Cobertura and JaCoCo name a DTD; the parser never loads it and bounds its entities.
    let options =
        roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 4_000_000, ..roxmltree::ParsingOptions::default() };
    let document = match roxmltree::Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(error) => return Some(Err(format!("not a whole report: {error}"))),
    };
    let root = document.root_element();
    coverage::xml(root).map(Content::Coverage).or_else(|| tests::junit(root).map(Content::Tests)).map(Ok)
}
