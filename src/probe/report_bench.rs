//! `@report.bench(fact)`: times of code in the small, as benchmark runners reported them.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::{Bench, Content};
use crate::quantity::Quantity;

/// `@report.bench`.
pub static PROBE: Probe = Probe {
    name: "report.bench",
    summary: "fresh benchmark results; with \"slower\", those that became slower beyond noise",
    usage: "@report.bench(\"time\" | \"slower\")",
    arity: (0, 1),
    patterns_from: None,
    facts: &["time", "slower"],
    options: &[],
    look,
};

/// More benchmarks than this say nothing more.
const MOST: usize = 20;

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let wants_slower = question.fact() == "slower";
    for report in &facts.reports().all {
        let Content::Bench(benches) = &report.content else { continue };
        let wanted = |bench: &&Bench| !wants_slower || bench.slower.is_some();
        let Some(first) = benches.iter().find(wanted) else { continue };
        if report.set_aside(&mut answer, || told(first)) {
            continue;
        }
        for bench in benches.iter().filter(wanted).take(MOST.saturating_sub(answer.seen.len())) {
            let sighting = Sighting::new(report.place(bench.span()), Strength::Measured, told(bench));
            let value = Observed::Quantity(Quantity::seconds(bench.mean.value));
            answer.seen.push(if wants_slower { sighting } else { sighting.with(value) });
        }
    }
    answer
}

fn told(bench: &Bench) -> String {
    match bench.slower {
        Some(least) => format!("{}: {} is at least {:.1} % slower than before", bench.tool, bench.name, least * 100.0),
        None => format!("{}: {} takes {:.3e} s", bench.tool, bench.name, bench.mean.value),
    }
}
