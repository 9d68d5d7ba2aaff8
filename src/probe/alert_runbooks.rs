//! `@alert.runbooks`: whether every critical alert names a runbook that stands in the tree.

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::alerts::{Alert, Tier};
use crate::facts::documents::{Section, Standing as Speaks, Target, is_reference, resolve_at_root};
use crate::facts::production::Standing;

/// `@alert.runbooks`.
pub static PROBE: Probe = Probe {
    name: "alert.runbooks",
    summary: "the sections and pages of the tree that the critical alerts name as their runbooks, where every one of them does",
    usage: "@alert.runbooks()",
    arity: (0, 0),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

/// Fewer words tell nobody what to do about an alert.
const ENOUGH_WORDS: usize = 15;

/// Where the runbook of an alert is.
enum Runbook {
    /// A section or page of the tree, with its title.
    Here(Place, String),
    /// Outside the tree.
    Elsewhere,
    /// Nowhere, and why.
    Missing(String),
}

fn look(facts: &Facts<'_>, _: &Question) -> Answer {
    let of_service = |alert: &&Alert| alert.standing == Standing::Production;
    let mut answer = Answer::default();
    let mut is_whole = true;
    for alert in facts.alerts().rules.iter().filter(of_service) {
        let is_critical = alert.tier == Tier::Page;
        let sighting = |place, message| Sighting::new(place, Strength::Documented, message);
        match runbook(facts, alert) {
            Runbook::Here(place, title) if is_critical => {
                answer.seen.push(sighting(place, format!("\"{title}\" is the runbook of alert {}", alert.name)));
            }
            Runbook::Elsewhere => {
                let why =
                    format!("the runbook of alert {} is linked outside the tree, cannot be read offline", alert.name);
                answer.blind.push(Blind { place: Some(alert.place.clone()), why });
                is_whole &= !is_critical;
            }
            Runbook::Missing(why) if is_critical => {
                answer.notes.push(sighting(alert.place.clone(), format!("alert {} {why}", alert.name)));
                is_whole = false;
            }
            // What is less than critical may do without.
            Runbook::Here(..) | Runbook::Missing(_) => {}
        }
    }
    if !is_whole {
        answer.notes.append(&mut answer.seen);
    }
    answer
}

/// Where the runbook of an alert is.
fn runbook(facts: &Facts<'_>, alert: &Alert) -> Runbook {
    let Some(url) = alert.runbook.as_deref() else { return Runbook::Missing("names no runbook".to_owned()) };
    // What a template puts in front may lead anywhere.
    if url.contains("{{") && !is_reference(url) {
        return Runbook::Elsewhere;
    }
    match resolve_at_root(facts.tree, facts.documents(), url) {
        Target::Inside(path) => reached(facts, &path, url),
        Target::Outside if !is_reference(url) => Runbook::Elsewhere,
        Target::Broken(why) => Runbook::Missing(format!("names a runbook that is not there: {why}")),
        Target::Outside | Target::Other => Runbook::Missing("names no runbook of the project".to_owned()),
    }
}

/// What a runbook of the tree says.
fn reached(facts: &Facts<'_>, path: &str, url: &str) -> Runbook {
    let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
    let document = facts.documents().at(path).filter(|document| document.standing == Speaks::Project);
    let found = document.and_then(|document| Some((document, document.reached(fragment)?)));
    let Some((document, index)) = found else {
        return Runbook::Missing("names a runbook that is no document of the project".to_owned());
    };
    let sections = document.tree(index);
    let words: usize = sections.iter().map(|section| section.words).sum();
    let is_empty = words < ENOUGH_WORDS && !sections.iter().any(Section::acts);
    if is_empty || !sections[0].placeholders.is_empty() {
        return Runbook::Missing("names a runbook that says nothing to do".to_owned());
    }
    let place = Place::at(document.path.clone(), sections[0].heading);
    Runbook::Here(place, if index == 0 { document.title() } else { &sections[0].title }.to_owned())
}
