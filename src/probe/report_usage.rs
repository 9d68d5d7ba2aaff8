//! `@report.usage(resource)`: the most that a program used, as measuring tools reported it.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::Content;
use crate::quantity::Quantity;

/// `@report.usage`.
pub static PROBE: Probe = Probe {
    name: "report.usage",
    summary: "fresh measurements of resident memory in bytes, or of the share of the processor that may be used",
    usage: "@report.usage(\"memory\" | \"cpu\")",
    arity: (1, 1),
    patterns_from: None,
    facts: &["memory", "cpu"],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let is_memory = question.fact() == "memory";
    for report in &facts.reports().all {
        let Content::Usage(all) = &report.content else { continue };
        for usage in all {
            let Some(peak) = (if is_memory { usage.memory } else { usage.cpu }) else { continue };
            let message = if is_memory {
                format!("{}: {} used {:.1} MB at the most", usage.tool, usage.subject, peak.value / 1e6)
            } else {
                format!(
                    "{}: {} used {:.0} % of its processor at the most",
                    usage.tool,
                    usage.subject,
                    peak.value * 100.0
                )
            };
            if report.set_aside(&mut answer, || message.clone()) {
                continue;
            }
            let value = if is_memory { Quantity::bytes(peak.value) } else { Quantity::ratio(peak.value) };
            let sighting = Sighting::new(report.place(peak.span), Strength::Measured, message);
            answer.seen.push(sighting.with(Observed::Quantity(value)));
        }
    }
    answer
}
