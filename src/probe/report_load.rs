//! `@report.load(metric)`: runs under load, as load generators reported them.

use super::ci_runs::with_reason;
use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::reports::{Content, Load, Measured, Report};
use crate::quantity::Quantity;

/// `@report.load`.
pub static PROBE: Probe = Probe {
    name: "report.load",
    summary: "fresh runs under load: whether they passed, or the p95 of the response time, the successful requests a second, the share of errors; with `stress`, only those beyond the expected load",
    usage: "@report.load(\"passed\" | \"p95\" | \"throughput\" | \"error_rate\") {stress}",
    arity: (1, 1),
    patterns_from: None,
    facts: &["passed", "p95", "throughput", "error_rate"],
    options: &["stress"],
    look,
};

/// A shorter run, or one of a single user, shows that the service answers and nothing about load.
const LEAST_SECONDS: f64 = 30.0;
/// More failed requests than this, and the run has failed whatever its own thresholds say.
const MOST_FAILED: f64 = 0.01;
/// Words of a path that say what a run beyond the expected load is called.
const STRESS: &[&str] = &["stress", "spike", "soak", "endurance", "breakpoint"];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let all: Vec<(&Report, &Load)> = facts.reports().all.iter().filter_map(of_load).collect();
    for &(report, load) in &all {
        if question.is_set("stress") && !is_stress(report, load, &all) {
            continue;
        }
        if report.set_aside(&mut answer, || told(load)) {
            continue;
        }
        if let Some(why) = smoke(load) {
            let message = format!("{}: {why}, a smoke run", told(load));
            answer.notes.push(Sighting::new(report.place(load.span), Strength::Measured, message));
            continue;
        }
        // What breaks beyond the expected load says nothing about the expected one.
        let beyond = !question.is_set("stress") && is_named_stress(report) && question.fact() != "throughput";
        let seen = sighting(report, load, question.fact());
        let others = all.iter().any(|(other, _)| !is_named_stress(other));
        let why = "the run went beyond the expected load on purpose";
        match seen {
            Some(seen) if beyond && others => answer.notes.push(with_reason(seen, why)),
            Some(seen) => answer.seen.push(if beyond { seen.only_proving(why) } else { seen }),
            None => {}
        }
    }
    answer
}

fn of_load(report: &Report) -> Option<(&Report, &Load)> {
    match &report.content {
        Content::Load(load) => Some((report, load)),
        _ => None,
    }
}

/// A run is beyond the expected load when its path says so, or when it was at least twice as fast as another run.
fn is_stress(report: &Report, load: &Load, all: &[(&Report, &Load)]) -> bool {
    let rate = |load: &Load| load.throughput.map(|rate| rate.value).filter(|rate| *rate > 0.0);
    let least = all.iter().filter_map(|(_, other)| rate(other)).fold(f64::INFINITY, f64::min);
    is_named_stress(report) || rate(load).is_some_and(|rate| rate >= 2.0 * least)
}

fn is_named_stress(report: &Report) -> bool {
    let path = report.path.to_ascii_lowercase();
    path.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| STRESS.contains(&word))
}

fn smoke(load: &Load) -> Option<String> {
    let short = load.seconds.filter(|seconds| *seconds < LEAST_SECONDS).map(|seconds| format!("{seconds:.0} s long"));
    let alone = load.users.filter(|users| *users <= 1.0).map(|_| "one user".to_owned());
    let empty = load.requests.filter(|requests| requests.value <= 0.0).map(|_| "no request made".to_owned());
    short.or(alone).or(empty)
}

fn sighting(report: &Report, load: &Load, metric: &str) -> Option<Sighting> {
    let measured = |at: Measured| Sighting::new(report.place(at.span), Strength::Measured, told(load));
    match metric {
        "passed" => {
            let failed = load.error_rate.filter(|rate| rate.value > MOST_FAILED);
            let (span, why) = match (load.crossed, failed) {
                (Some(span), _) => (span, ", a threshold was crossed"),
                (None, Some(rate)) => (rate.span, ", more than 1 % of the requests failed"),
                (None, None) => (load.span, ""),
            };
            let sighting = Sighting::new(report.place(span), Strength::Measured, format!("{}{why}", told(load)));
            Some(sighting.with(Observed::Flag(why.is_empty())))
        }
        "p95" => match (load.p95, load.above_p95) {
            (Some(time), _) => Some(measured(time).with(Observed::Quantity(Quantity::seconds(time.value)))),
            (None, Some(time)) => {
                let why = "the report tells a higher percentile only; the 95th may be lower";
                Some(measured(time).with(Observed::Quantity(Quantity::seconds(time.value))).only_proving(why))
            }
            (None, None) => None,
        },
        "throughput" => {
            let rate = load.throughput?;
            let sighting = measured(rate).with(Observed::Quantity(Quantity::per_second(rate.value)));
            let why = "the run was set to this rate and kept it: it is too small to tell what the service can do";
            Some(if load.paced { sighting.only_proving(why) } else { sighting })
        }
        _ => {
            let share = load.error_rate?;
            Some(measured(share).with(Observed::Quantity(Quantity::ratio(share.value))))
        }
    }
}

fn told(load: &Load) -> String {
    let mut parts = Vec::new();
    parts.extend(load.requests.map(|count| format!("{} requests", count.value)));
    parts.extend(load.seconds.map(|seconds| format!("in {seconds:.0} s")));
    parts.extend(load.p95.map(|time| format!("p95 {:.0} ms", time.value * 1e3)));
    parts.extend(load.throughput.map(|rate| format!("{:.0} successful a second", rate.value)));
    parts.extend(load.error_rate.map(|share| format!("{:.2} % failed", share.value * 100.0)));
    format!("{}: {}", load.tool, parts.join(", "))
}
