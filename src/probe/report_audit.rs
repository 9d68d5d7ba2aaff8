//! `@report.audit()`: known vulnerabilities of dependencies, as auditing tools reported them.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::{Audit, Content};
use crate::quantity::Quantity;
use crate::value::Value;

/// `@report.audit`.
pub static PROBE: Probe = Probe {
    name: "report.audit",
    summary: "a fresh audit of dependencies: how many known vulnerabilities are open; with `open`, whether they are at most so many",
    usage: "@report.audit(tool…) {open: 0}",
    arity: (0, 16),
    patterns_from: None,
    facts: &[],
    options: &["open"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    for report in &facts.reports().all {
        let Content::Audit(audit) = &report.content else { continue };
        let mut words = question.words_from(0).peekable();
        let is_asked = words.peek().is_none() || words.any(|word| audit.tool.eq_ignore_ascii_case(&word.text));
        if !is_asked || report.set_aside(&mut answer, || message(audit)) {
            continue;
        }
        if audit.is_hollow {
            let message = format!("{}: no dependency was looked at", message(audit));
            answer.notes.push(Sighting::new(report.place(audit.span), Strength::Measured, message));
            continue;
        }
        let value = match question.option("open").and_then(Value::as_number) {
            Some(most) => Observed::Flag(audit.open.len() as f64 <= most),
            None => Observed::Quantity(Quantity::count(audit.open.len() as f64)),
        };
        let span = audit.open.first().map_or(audit.span, |first| first.span);
        answer.seen.push(Sighting::new(report.place(span), Strength::Measured, message(audit)).with(value));
    }
    answer
}

fn message(audit: &Audit) -> String {
    let first = audit.open.first().map_or(String::new(), |first| format!(": {} in {}", first.id, first.package));
    format!("{}: {} open vulnerabilities{first}", audit.tool, audit.open.len())
}
