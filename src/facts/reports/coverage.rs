//! Coverage: lcov, Cobertura, JaCoCo, llvm-cov, tarpaulin, Istanbul, coverage.py.

use crate::source::Span;
use crate::value::{Kind, Value};
use roxmltree::Node;
use std::collections::BTreeMap;

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many were reached.
    pub hit: u64,
    /// How many there are.
    pub total: u64,
}

impl Share {
    /// The share as a ratio; `None` of nothing.
    pub fn ratio(self) -> Option<f64> {
        (self.total > 0).then(|| self.hit.min(self.total) as f64 / self.total as f64)
    }

    fn add(&mut self, other: Self) {
        self.hit = self.hit.saturating_add(other.hit);
        self.total = self.total.saturating_add(other.total);
    }
}

/// Which lines of one file were reached: line → whether.
pub type Lines = BTreeMap<u32, bool>;

/// How much of the code the tests ran.
#[derive(Debug, Default)]
pub struct Coverage {
    /// What wrote it: `lcov`, `Cobertura`, …
    pub format: &'static str,
    /// Lines.
    pub lines: Share,
    /// Branches, where counted.
    pub branches: Share,
    /// Functions, where counted.
    pub functions: Share,
    /// Where the total stands, or the report begins.
    pub span: Span,
    /// The lines of each file, where the report gives them: several reports can then be merged.
    pub files: BTreeMap<String, Lines>,
}

/// An lcov tracefile.
pub(super) fn lcov(text: &str) -> Option<Coverage> {
    let mut coverage =
        Coverage { format: "lcov", span: Span::new(0, text.find('\n').unwrap_or(text.len())), ..Coverage::default() };
    let mut file: Option<&str> = None;
    let mut counted = Share::default();
    let mut is_whole = false;
    for line in text.lines() {
        let Some((key, rest)) = line.trim().split_once(':') else {
            if line.trim() == "end_of_record" {
                is_whole = true;
                // A record without lines still gives its sums.
                if file.is_some_and(|file| coverage.files.get(file).is_none_or(BTreeMap::is_empty)) {
                    coverage.lines.add(counted);
                }
                counted = Share::default();
                file = None;
            }
            continue;
        };
        let number = || rest.trim().parse::<u64>().unwrap_or(0);
        match key {
            "SF" => {
                file = Some(rest);
                coverage.files.entry(rest.to_owned()).or_default();
            }
            "DA" => {
                let mut parts = rest.split(',');
                let line = parts.next().and_then(|line| line.trim().parse().ok());
                let hits = parts.next().and_then(|hits| hits.trim().parse::<i64>().ok());
                if let (Some(line), Some(hits), Some(file)) = (line, hits, file) {
                    *coverage.files.entry(file.to_owned()).or_default().entry(line).or_default() |= hits > 0;
                }
            }
            "LF" => counted.total = number(),
            "LH" => counted.hit = number(),
            "BRF" => coverage.branches.total = coverage.branches.total.saturating_add(number()),
            "BRH" => coverage.branches.hit = coverage.branches.hit.saturating_add(number()),
            "FNF" => coverage.functions.total = coverage.functions.total.saturating_add(number()),
            "FNH" => coverage.functions.hit = coverage.functions.hit.saturating_add(number()),
            _ => {}
        }
    }
    coverage.lines.add(lines_of(coverage.files.values()));
    is_whole.then_some(coverage)
}

/// The share of all lines.
pub(super) fn lines_of<'l>(files: impl Iterator<Item = &'l Lines>) -> Share {
    let mut share = Share::default();
    for lines in files {
        share.add(Share { hit: lines.values().filter(|hit| **hit).count() as u64, total: lines.len() as u64 });
    }
    share
}

impl Coverage {
    /// Several reports as one: the same line of a file counts once, reached if any of them reached it.
    pub fn merged<'c>(reports: impl Iterator<Item = &'c Self>) -> Share {
        let mut files: BTreeMap<&str, Lines> = BTreeMap::new();
        let mut sums = Share::default();
        for report in reports {
            let own = lines_of(report.files.values());
            sums.add(Share {
                hit: report.lines.hit.saturating_sub(own.hit),
                total: report.lines.total.saturating_sub(own.total),
            });
            for (file, lines) in &report.files {
                let merged = files.entry(file).or_default();
                for (&line, &hit) in lines {
                    *merged.entry(line).or_default() |= hit;
                }
            }
        }
        sums.add(lines_of(files.values()));
        sums
    }
}

/// Cobertura and JaCoCo.
pub(super) fn xml(root: Node<'_, '_>) -> Option<Coverage> {
    let span = Span::new(root.range().start, root.range().start + root.tag_name().name().len() + 1);
    let number = |node: Node<'_, '_>, name: &str| node.attribute(name).and_then(|text| text.parse::<u64>().ok());
    match root.tag_name().name() {
        "coverage" => {
            root.attribute("line-rate")?;
            let mut coverage = Coverage { format: "Cobertura", span, ..Coverage::default() };
            coverage.lines = match (number(root, "lines-covered"), number(root, "lines-valid")) {
                (Some(hit), Some(total)) if total > 0 => Share { hit, total },
                _ => counted_lines(root),
            };
            if let (Some(hit), Some(total)) = (number(root, "branches-covered"), number(root, "branches-valid")) {
                coverage.branches = Share { hit, total };
            }
            (coverage.lines.total > 0).then_some(coverage)
        }
        "report" => {
            let mut coverage = Coverage { format: "JaCoCo", span, ..Coverage::default() };
            for counter in root.children().filter(|node| node.has_tag_name("counter")) {
                let (Some(missed), Some(hit)) = (number(counter, "missed"), number(counter, "covered")) else {
                    continue;
                };
                let share = Share { hit, total: hit.saturating_add(missed) };
                match counter.attribute("type") {
                    Some("LINE") => coverage.lines = share,
                    Some("BRANCH") => coverage.branches = share,
                    Some("METHOD") => coverage.functions = share,
                    _ => {}
                }
            }
            (coverage.lines.total > 0).then_some(coverage)
        }
        _ => None,
    }
}

fn counted_lines(root: Node<'_, '_>) -> Share {
    let classes = root.descendants().filter(|node| node.has_tag_name("class"));
    let lines = classes.flat_map(|class| class.children().filter(|node| node.has_tag_name("lines")));
    let hits = lines.flat_map(|lines| lines.children()).filter_map(|line| line.attribute("hits"));
    let mut share = Share::default();
    for hits in hits {
        share.add(Share { hit: u64::from(hits.trim() != "0"), total: 1 });
    }
    share
}

/// llvm-cov, tarpaulin, Istanbul's summary, coverage.py.
pub(super) fn json(value: &Value) -> Option<Coverage> {
    llvm_cov(value).or_else(|| tarpaulin(value)).or_else(|| istanbul(value)).or_else(|| coverage_py(value))
}

fn number(value: &Value, key: &str) -> Option<u64> {
    match value.get(key)?.kind {
        Kind::Int(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

fn share(value: Option<&Value>, hit: &str, total: &str) -> Share {
    let both = value.and_then(|value| Some(Share { hit: number(value, hit)?, total: number(value, total)? }));
    both.unwrap_or_default()
}

fn llvm_cov(value: &Value) -> Option<Coverage> {
    value.get("type")?.as_str().filter(|kind| *kind == "llvm.coverage.json.export")?;
    let mut coverage = Coverage { format: "llvm-cov", ..Coverage::default() };
    for data in value.get("data")?.as_list()? {
        let Some(totals) = data.get("totals") else { continue };
        coverage.span = totals.span;
        coverage.lines.add(share(totals.get("lines"), "covered", "count"));
        coverage.branches.add(share(totals.get("branches"), "covered", "count"));
        coverage.functions.add(share(totals.get("functions"), "covered", "count"));
    }
    (coverage.lines.total > 0).then_some(coverage)
}

fn tarpaulin(value: &Value) -> Option<Coverage> {
    let mut coverage = Coverage { format: "tarpaulin", span: value.span, ..Coverage::default() };
    for file in value.get("files")?.as_list()? {
        coverage.lines.add(share(Some(file), "covered", "coverable"));
    }
    (coverage.lines.total > 0).then_some(coverage)
}

fn istanbul(value: &Value) -> Option<Coverage> {
    let total = value.get("total")?;
    total.get("lines")?.get("pct")?;
    let coverage = Coverage {
        format: "Istanbul",
        span: total.span,
        lines: share(total.get("lines"), "covered", "total"),
        branches: share(total.get("branches"), "covered", "total"),
        functions: share(total.get("functions"), "covered", "total"),
        ..Coverage::default()
    };
    (coverage.lines.total > 0).then_some(coverage)
}

fn coverage_py(value: &Value) -> Option<Coverage> {
    let totals = value.get("totals")?;
    matches!(value.get("meta")?.kind, Kind::Map(_)).then_some(())?;
    let coverage = Coverage {
        format: "coverage.py",
        span: totals.span,
        lines: share(Some(totals), "covered_lines", "num_statements"),
        branches: share(Some(totals), "covered_branches", "num_branches"),
        ..Coverage::default()
    };
    (coverage.lines.total > 0).then_some(coverage)
}
