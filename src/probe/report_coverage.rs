//! `@report.coverage(metric)`: how much of the code the tests ran, as coverage tools measured it.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::{Content, Coverage, Report, Share};
use crate::quantity::Quantity;

/// `@report.coverage`.
pub static PROBE: Probe = Probe {
    name: "report.coverage",
    summary: "the share of lines, branches or functions that fresh coverage reports say were run; several lcov files are one",
    usage: "@report.coverage(\"lines\" | \"branches\" | \"functions\") {path}",
    arity: (0, 1),
    patterns_from: None,
    facts: &["lines", "branches", "functions"],
    options: &["path"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let metric = if question.fact().is_empty() { "lines" } else { question.fact() };
    let mut answer = Answer::default();
    let mut traces: Vec<(&Report, &Coverage)> = Vec::new();
    for report in &facts.reports().all {
        let Content::Coverage(coverage) = &report.content else { continue };
        if question.option_text("path").is_some_and(|path| !report.path.contains(path)) {
            continue;
        }
        let share = share(coverage, metric);
        if report.set_aside(&mut answer, || message(coverage.format, metric, share)) {
            continue;
        }
        if coverage.format == "lcov" && metric == "lines" {
            traces.push((report, coverage));
        } else {
            answer.seen.extend(sighting(report, coverage, metric, share));
        }
    }
    if let Some(&(report, coverage)) = traces.first() {
        let merged = Coverage::merged(traces.iter().map(|(_, coverage)| *coverage));
        answer.seen.extend(sighting(report, coverage, metric, merged));
    }
    answer
}

fn share(coverage: &Coverage, metric: &str) -> Share {
    match metric {
        "branches" => coverage.branches,
        "functions" => coverage.functions,
        _ => coverage.lines,
    }
}

fn message(format: &str, metric: &str, share: Share) -> String {
    let percent = share.ratio().unwrap_or(0.0) * 100.0;
    // Rounded down: 79.96 % is not 80 %.
    let percent = (percent * 10.0).floor() / 10.0;
    format!("{format}: {percent:.1} % of {} {metric} covered", share.total)
}

fn sighting(report: &Report, coverage: &Coverage, metric: &str, share: Share) -> Option<Sighting> {
    let ratio = share.ratio()?;
    let message = message(coverage.format, metric, share);
    let value = Observed::Quantity(Quantity::ratio(ratio));
    Some(Sighting::new(report.place(coverage.span), Strength::Measured, message).with(value))
}
