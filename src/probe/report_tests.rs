//! `@report.tests(suite)`: runs of tests, as JUnit reports tell them.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::{Content, Report, TestRun};
use crate::quantity::Quantity;
use crate::value::Value;

/// `@report.tests`.
pub static PROBE: Probe = Probe {
    name: "report.tests",
    summary: "a fresh run of a suite's tests: whether any ran and none failed; or its time, its tests, its failures",
    usage: "@report.tests(\"*\" | \"unit\" | \"integration\" | \"e2e\" | \"smoke\" | \"load\") {time, count, failed | failed: 0}",
    arity: (0, 1),
    patterns_from: None,
    facts: &["*", "unit", "integration", "e2e", "smoke", "load"],
    options: &["time", "count", "failed"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    for report in &facts.reports().all {
        let Content::Tests(run) = &report.content else { continue };
        let suite = suite(report, run);
        let is_asked =
            question.arg(0).is_empty() || question.arg(0).iter().any(|word| &*word.text == "*" || *word.text == *suite);
        if !is_asked || report.set_aside(&mut answer, || message(suite, run)) {
            continue;
        }
        let ran = run.total.saturating_sub(run.skipped);
        if ran == 0 {
            let message = format!("{}: no test ran", message(suite, run));
            answer.notes.push(Sighting::new(report.place(run.span), Strength::Measured, message));
            continue;
        }
        let value = if question.is_set("time") {
            let Some(seconds) = run.seconds else { continue };
            Observed::Quantity(Quantity::seconds(seconds))
        } else if question.is_set("count") {
            Observed::Quantity(Quantity::count(ran as f64))
        } else if let Some(most) = question.option("failed").and_then(Value::as_number) {
            Observed::Flag(run.failed as f64 <= most)
        } else if question.is_set("failed") {
            Observed::Quantity(Quantity::count(run.failed as f64))
        } else {
            Observed::Flag(run.failed == 0)
        };
        let span = run.first_failure.unwrap_or(run.span);
        let sighting = Sighting::new(report.place(span), Strength::Measured, message(suite, run)).with(value);
        let why = "the report tells no time of the whole run, and tests may run side by side";
        let is_sum = question.is_set("time") && !run.is_wall;
        answer.seen.push(if is_sum { sighting.only_proving(why) } else { sighting });
    }
    answer
}

fn message(suite: &str, run: &TestRun) -> String {
    let time = run.seconds.map_or(String::new(), |seconds| format!(" in {seconds:.1} s"));
    format!("{suite} tests: {} ran, {} failed{time}", run.total.saturating_sub(run.skipped), run.failed)
}

/// Which suite a run is of, by the words of its path and of its suites (items-2.md §1.6).
fn suite(report: &Report, run: &TestRun) -> &'static str {
    let path = report.path.to_ascii_lowercase();
    let names = || run.suites.iter().map(|name| name.to_ascii_lowercase());
    let has = |words: &[&str]| {
        let is = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| words.contains(&part));
        is(&path) || names().any(|name| is(&name)) || words.iter().any(|word| word.contains('-') && path.contains(word))
    };
    if has(&["e2e", "playwright", "cypress", "end-to-end", "journeys"]) {
        return "e2e";
    }
    if has(&["smoke"]) {
        return "smoke";
    }
    if has(&["load", "stress", "k6", "locust"]) {
        return "load";
    }
    // nextest names a suite after its binary: `shop` is the library, `shop::bin/x` a program, `shop::api` of `tests/`.
    let is_integration = |name: &String| name.contains("::") && !name.contains("::bin/");
    if has(&["integration", "it", "api"])
        || run.suites.iter().any(is_integration) && run.suites.iter().all(is_integration)
    {
        return "integration";
    }
    "unit"
}
