//! `@scaling`: how many instances of the own serving workloads production may run, and on what they grow.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::scaling::{Amount, Bound, Scaled, Scaler};
use crate::quantity::Quantity;

/// `@scaling(fact)`.
pub static PROBE: Probe = Probe {
    name: "scaling",
    summary: "Instances of every own serving workload, whoever decides (HPA, KEDA, Knative, a platform, ECS, machine groups): \
              `min` counts a fixed number too; `target` (what grows) holds for all of them or not at all; `max`, `cpu` and \
              `memory` (in percent) for all that are scaled; `broken` names autoscalers that cannot add anything",
    usage: "@scaling(min|max|cpu|memory|target|broken)",
    arity: (1, 1),
    patterns_from: None,
    facts: &["min", "max", "cpu", "memory", "target", "broken"],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let view = facts.scaling();
    let mut answer = Answer { blind: view.blind.clone(), ..Answer::default() };
    let mut lacking = Vec::new();
    let is_scaled = view.workloads.iter().any(|workload| workload.scaler.is_some());
    for workload in &view.workloads {
        let found = match question.fact() {
            "min" => Found::Here(valued(&workload.min)),
            // Its own number is as far as a workload goes beside those that are scaled, and it knows no threshold.
            "max" if is_scaled && workload.scaler.is_none() => Found::Here(valued(&workload.max)),
            "cpu" | "memory" if is_scaled && workload.scaler.is_none() => Found::Nothing,
            "max" => scaled(workload, |_| Some(&workload.max), "max"),
            "cpu" => scaled(workload, |scaler| scaler.cpu.as_ref(), "cpu"),
            "memory" => scaled(workload, |scaler| scaler.memory.as_ref(), "memory"),
            "target" => target(workload),
            _ => broken(workload),
        };
        match found {
            Found::Here(sighting) => answer.seen.push(sighting),
            Found::Lacking(sighting) => lacking.push(sighting),
            Found::Unsaid(place, why) => answer.blind.push(Blind { place: Some(place), why }),
            Found::Nothing => {}
        }
    }
    // One workload without it, or of which nobody knows, and nothing is proven for the whole.
    let is_open = answer.blind.iter().any(|blind| !view.blind.contains(blind));
    if question.fact() != "broken" && (!lacking.is_empty() || is_open) {
        answer.notes.append(&mut lacking);
        answer.notes.append(&mut answer.seen);
    }
    answer
}

enum Found {
    /// It has it.
    Here(Sighting),
    /// It could have it, and has not.
    Lacking(Sighting),
    /// What declares it has no word for it, or the word stands elsewhere.
    Unsaid(Place, String),
    Nothing,
}

fn seen(place: &Place, message: String) -> Sighting {
    Sighting::new(place.clone(), Strength::Configured, message)
}

fn valued(bound: &Bound) -> Sighting {
    let what = &bound.what;
    let count = |number: f64| Observed::Quantity(Quantity::count(number));
    let (message, value) = match &bound.amount {
        Amount::Written(number) => (format!("{what}: {number}"), count(*number)),
        Amount::Default(number) => (format!("{what}: {number} when nobody says otherwise"), count(*number)),
        Amount::Unbounded => (format!("{what}: no end"), count(f64::MAX)),
        Amount::Unknown(text) => (format!("{what}: {text}"), Observed::Opaque(text.clone())),
    };
    seen(&bound.place, message).with(value)
}

/// A number of the autoscaler of a workload, if that adds anything.
fn scaled<'w>(workload: &'w Scaled, of: impl Fn(&'w Scaler) -> Option<&'w Bound>, what: &str) -> Found {
    let (Some(scaler), Found::Here(_)) = (&workload.scaler, target(workload)) else { return target(workload) };
    match of(scaler) {
        Some(bound) => Found::Here(valued(bound)),
        None if scaler.states.contains(&what) => {
            Found::Lacking(seen(&scaler.place, format!("{} has no {what} threshold", scaler.title)))
        }
        None => Found::Unsaid(scaler.place.clone(), format!("{} has no word for a {what} threshold", scaler.title)),
    }
}

fn target(workload: &Scaled) -> Found {
    let Some(scaler) = &workload.scaler else {
        return Found::Lacking(seen(&workload.place, format!("nothing scales {}", workload.title)));
    };
    match workload.grows() {
        Some(true) => Found::Here(seen(&scaler.place, format!("{} scales {}", scaler.title, workload.title))),
        Some(false) => Found::Lacking(seen(&scaler.place, format!("{} adds nothing", scaler.title))),
        None => Found::Unsaid(
            scaler.place.clone(),
            format!("between which numbers {} scales stands elsewhere", scaler.title),
        ),
    }
}

fn broken(workload: &Scaled) -> Found {
    let Some(scaler) = &workload.scaler else {
        let off =
            workload.refused.as_ref().map(|place| seen(place, format!("autoscaling of {} is off", workload.title)));
        return off.map_or(Found::Nothing, Found::Here);
    };
    if let Some((place, why)) = &scaler.broken {
        return Found::Here(seen(place, why.clone()));
    }
    match (workload.grows(), &workload.max) {
        (Some(false), max) => {
            Found::Here(seen(&max.place, format!("{} ends where it begins: {}", scaler.title, workload.title)))
        }
        _ => Found::Nothing,
    }
}
