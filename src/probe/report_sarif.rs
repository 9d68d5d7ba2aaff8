//! `@report.sarif(tool…)`: what analysers found, in SARIF or as cargo's messages.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::{Content, Finding, Findings, Report};
use crate::quantity::Quantity;
use crate::value::Value;

/// `@report.sarif`.
pub static PROBE: Probe = Probe {
    name: "report.sarif",
    summary: "a fresh report of an analyser: how many results are open (suppressed ones are not); with `open`, whether they are at most so many",
    usage: "@report.sarif(tool…) {open: 0, level: \"warning\" | \"error\"}",
    arity: (0, 32),
    patterns_from: None,
    facts: &[],
    options: &["open", "level"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    for report in &facts.reports().all {
        let Content::Findings(runs) = &report.content else { continue };
        for run in runs.iter().filter(|run| is_asked(question, &run.tool)) {
            let open: Vec<&Finding> = run.open.iter().filter(|finding| reaches(question, finding)).collect();
            let message = message(run, &open);
            if report.set_aside(&mut answer, || message.clone()) {
                continue;
            }
            answer.extend(sightings(report, run, &open, question, &message));
        }
    }
    answer
}

fn sightings(report: &Report, run: &Findings, open: &[&Finding], question: &Question, message: &str) -> Answer {
    let mut answer = Answer::default();
    let span = open.first().map_or(run.span, |finding| finding.span);
    let sighting = Sighting::new(report.place(span), Strength::Measured, message);
    if !run.is_whole {
        let message = format!("{message}; it did not run to its end");
        answer.notes.push(Sighting { message, ..sighting });
        return answer;
    }
    let value = match question.option("open").and_then(Value::as_number) {
        Some(most) => Observed::Flag(open.len() as f64 <= most),
        None => Observed::Quantity(Quantity::count(open.len() as f64)),
    };
    answer.seen.push(sighting.with(value));
    answer
}

/// Tools are named in many ways: `Clippy`, `clippy-sarif`, `CodeQL`, `Semgrep OSS`.
fn is_asked(question: &Question, tool: &str) -> bool {
    let tool = tool.to_ascii_lowercase();
    let mut words = question.words_from(0).peekable();
    words.peek().is_none() || words.any(|word| !word.text.is_empty() && tool.contains(&word.text.to_ascii_lowercase()))
}

fn reaches(question: &Question, finding: &Finding) -> bool {
    let rank = |level: &str| match level {
        "none" => 0,
        "note" => 1,
        "warning" => 2,
        _ => 3,
    };
    question.option_text("level").is_none_or(|level| rank(&finding.level) >= rank(level))
}

fn message(run: &Findings, open: &[&Finding]) -> String {
    let suppressed = match run.suppressed {
        0 => String::new(),
        count => format!(", {count} suppressed"),
    };
    let first = open.first().map_or(String::new(), |finding| {
        let text: String = finding.message.lines().next().unwrap_or("").chars().take(80).collect();
        format!(": {} {text}", finding.rule)
    });
    format!("{}: {} open results{suppressed}{first}", run.tool, open.len())
}
