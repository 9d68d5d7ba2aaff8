//! `@oncall(fact)`: who answers when something breaks: levels, delays, people, from pager configuration and rota files.

mod infra;
mod rota;

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::quantity::Quantity;
use crate::value::{Kind, Value};
use std::collections::BTreeSet;

/// `@oncall`.
pub static PROBE: Probe = Probe {
    name: "oncall",
    summary: "who answers: the levels of each escalation, the time until the second one, the people of the rotations; `unused` \
              names escalations that nothing leads to. Read from PagerDuty, Opsgenie, Grafana OnCall and incident.io in \
              Terraform, and from rota files",
    usage: "@oncall(\"levels\" | \"delay\" | \"people\" | \"unused\")",
    arity: (1, 1),
    patterns_from: None,
    facts: &["levels", "delay", "people", "unused"],
    options: &[],
    look,
};

/// An escalation: who is called, one after the other.
struct Chain {
    place: Place,
    title: String,
    levels: Vec<Level>,
    /// Whether an alert can reach it, as far as the tree shows.
    is_used: bool,
}

/// One level of an escalation.
struct Level {
    /// Who is called, as written; levels with the same target are one.
    target: String,
    /// Seconds from the alert until this level is called, where that is known.
    after: Option<f64>,
    place: Place,
}

/// People who take turns.
struct Rotation {
    place: Place,
    title: String,
    people: BTreeSet<String>,
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer { blind: infra::unread(facts), ..Answer::default() };
    match question.fact() {
        "people" => people(&mut answer, infra::rotations(facts).into_iter().chain(rota::rotations(facts))),
        fact => {
            let chains = infra::chains(facts).into_iter().chain(rota::chains(facts));
            chains.for_each(|chain| of_chain(&mut answer, fact, &chain));
        }
    }
    answer
}

fn people(answer: &mut Answer, rotations: impl Iterator<Item = Rotation>) {
    for rotation in rotations {
        let count = rotation.people.len();
        let message = format!("{}: {count} {}", rotation.title, if count == 1 { "person" } else { "people" });
        let sighting = Sighting::new(rotation.place, Strength::Configured, message);
        answer.seen.push(sighting.with(Observed::Quantity(Quantity::count(count as f64))));
    }
}

fn of_chain(answer: &mut Answer, fact: &str, chain: &Chain) {
    let seen = |place: &Place, message: String| Sighting::new(place.clone(), Strength::Configured, message);
    if is_low(&chain.title) {
        answer.notes.push(seen(&chain.place, format!("{} is for what can wait", chain.title)));
        return;
    }
    if !chain.is_used {
        let unused = seen(&chain.place, format!("nothing leads to {}", chain.title));
        let side = if fact == "unused" { &mut answer.seen } else { &mut answer.notes };
        side.push(unused);
        return;
    }
    let targets: BTreeSet<&str> = chain.levels.iter().map(|level| level.target.as_str()).collect();
    let first = chain.levels.first().map(|level| level.target.as_str());
    let second = chain.levels.iter().find(|level| Some(level.target.as_str()) != first);
    match fact {
        "levels" => {
            let count = targets.len();
            let same = if count < chain.levels.len() { ", counting each target once" } else { "" };
            let message = format!("{}: {count} {}{same}", chain.title, if count == 1 { "level" } else { "levels" });
            let place = second.map_or(&chain.place, |level| &level.place);
            answer.seen.push(seen(place, message).with(Observed::Quantity(Quantity::count(count as f64))));
        }
        "delay" => match second {
            Some(Level { after: Some(after), place, target }) => {
                let after = Quantity::seconds(*after);
                let message = format!("{}: {target} is called {after} after the alert", chain.title);
                answer.seen.push(seen(place, message).with(Observed::Quantity(after)));
            }
            Some(level) => answer.notes.push(seen(&level.place, format!("{} says no delay", chain.title))),
            None => answer.notes.push(seen(&chain.place, format!("{} has no second level", chain.title))),
        },
        _ => {}
    }
}

/// Whether the name of an escalation says that it is for what can wait.
fn is_low(title: &str) -> bool {
    let words = title.to_lowercase();
    [
        "low urgency",
        "low-urgency",
        "low_urgency",
        "low priority",
        "low-priority",
        "non-critical",
        "noncritical",
        "business hours",
    ]
    .iter()
    .any(|word| words.contains(word))
}

/// A scalar or an expression as text; nothing for what only holds the place of a name.
fn named(value: &Value) -> Option<String> {
    let text = match &value.kind {
        Kind::Expr(expression) => expression.raw.trim().to_owned(),
        _ => value.scalar_text()?.trim().to_owned(),
    };
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_hole = ["", "tbd", "tba", "tbc", "todo", "xxx", "fixme", "none", "n a", "unassigned", "nobody"];
    (!is_hole.contains(&bare.as_str()) && !bare.contains("example.com")).then_some(text)
}
