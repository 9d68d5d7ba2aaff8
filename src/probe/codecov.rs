//! `@codecov`: the bound that Codecov holds the project to.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::quantity::Quantity;
use crate::value::Value;

/// `@codecov(status)`.
pub static PROBE: Probe = Probe {
    name: "codecov",
    summary: "The share of lines below which Codecov fails a change: its target less its threshold",
    usage: "@codecov(\"project\" | \"patch\")",
    arity: (1, 1),
    patterns_from: None,
    facts: &["project", "patch"],
    options: &[],
    look,
};

const FILES: &[&str] = &[
    "codecov.yml",
    ".codecov.yml",
    "codecov.yaml",
    ".codecov.yaml",
    ".github/codecov.yml",
    ".github/codecov.yaml",
    "dev/codecov.yml",
];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let Some((path, parsed)) = FILES.iter().find_map(|path| Some((*path, facts.parsed(path)?))) else { return answer };
    answer.blind.extend(parsed.blind());
    let statuses = parsed.first().and_then(|root| root.at(&["coverage", "status", question.fact()])?.as_map());
    for (name, field) in statuses.into_iter().flatten() {
        let Some(target) = field.value.get("target") else { continue };
        let text = target.scalar_text().unwrap_or_default();
        let informational = field.value.get("informational").and_then(Value::as_bool) == Some(true);
        let whole = field.value.get("flags").is_none() && field.value.get("paths").is_none();
        let threshold = field.value.get("threshold").and_then(percent).unwrap_or(0.0);
        let sighting =
            Sighting::new(Place::at(path, target.span), Strength::Enforced, format!("Codecov holds {name} to {text}"));
        let why = if informational {
            Some("`informational: true` never fails")
        } else if !whole {
            Some("it looks at a part of the code only")
        } else {
            None
        };
        match (percent(target), why) {
            (Some(share), None) => {
                answer.seen.push(sighting.with(Observed::Quantity(Quantity::ratio((share - threshold) / 100.0))));
            }
            (None, None) => answer.notes.push(Sighting {
                message: format!("{}: no worse than before is no bound", sighting.message),
                ..sighting
            }),
            (_, Some(why)) => {
                answer.notes.push(Sighting { message: format!("{}: {why}", sighting.message), ..sighting });
            }
        }
    }
    answer
}

/// `80`, `80%`, `"80 %"`; not `auto`.
fn percent(value: &Value) -> Option<f64> {
    value.scalar_text()?.trim().trim_end_matches('%').trim().parse().ok()
}
