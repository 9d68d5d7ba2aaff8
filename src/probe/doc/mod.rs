//! `@doc(topic)`: documents with substance on a topic.

pub(super) mod candidates;
mod check;
mod commands;
mod deed;
mod measure;
mod named;
pub(super) mod outside;
mod releases;
mod setting;
mod symptoms;
mod titles;
pub mod topic;
mod weigh;

use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use candidates::Candidate;
use std::collections::{BTreeMap, BTreeSet};
use topic::{Needs, Topic};
use weigh::Weight;

/// `@doc`.
pub static PROBE: Probe = Probe {
    name: "doc",
    summary: "documents with substance on a topic, found by path, title or heading; a stub is shown with what it lacks",
    usage: "@doc(topic | title, part…) {parts: \"all\" | 4, actions, documents: 3}",
    arity: (1, 8),
    patterns_from: None,
    facts: &[],
    options: &["parts", "actions", "documents"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    if let Some(problem) = topic::problem() {
        answer.blind.push(Blind { place: None, why: problem.to_owned() });
        return answer;
    }
    for word in question.arg(0) {
        match Topic::named(&word.text) {
            Err(known) => answer.extend(look_for(facts, question, known)),
            Ok(title) if word.is_pattern => answer.extend(look_for(facts, question, &Topic::matching(&title))),
            Ok(title) => answer.extend(look_for(facts, question, &Topic::titled(&title))),
        }
    }
    answer
}

/// What one topic's documents say.
fn look_for(facts: &Facts<'_>, question: &Question, topic: &Topic) -> Answer {
    let mut answer = Answer::default();
    answer.blind.extend(facts.documents().blind.iter().filter(|blind| is_about(topic, blind)).cloned());
    let mut good: Vec<(Candidate<'_>, Weight)> = Vec::new();
    let is_trade = topic.is_trade_of(facts.own_name().says());
    for candidate in candidates::find(facts, topic) {
        let weight = weigh::weigh(facts, topic, &candidate);
        match weight.flaw() {
            None if is_trade
                || topic.has_trade()
                    && (candidate.is_of_the_code(facts)
                        || candidate.is_for_their_copies(facts)
                        || topic.tells_doing() && candidate.is_beside_sources(facts)) => answer.blind.push(Blind {
                place: Some(candidate.place()),
                why: format!(
                    "{} may be the manual of what this program does for its users, not how the team itself works",
                    candidate.name()
                ),
            }),
            None if candidate.is_of_part(facts, topic) => {
                let page = candidate.document.title();
                let why = format!(
                    "{} stands on a page about something else ({page:?}) and may speak of that alone",
                    candidate.name()
                );
                if weight.is_counted() {
                    answer.blind.push(Blind { place: Some(candidate.place()), why });
                } else {
                    answer.notes.push(Sighting::new(candidate.place(), Strength::Documented, why));
                }
            }
            None => good.push((candidate, weight)),
            Some(_) if weight.is_outside => answer.blind.push(Blind {
                place: Some(candidate.place()),
                why: format!("{}: linked, cannot be read offline", candidate.name()),
            }),
            Some(_) if weight.is_uncertain_alone() => answer.blind.push(Blind {
                place: Some(candidate.place()),
                why: format!(
                    "{} speaks of production and of {}: name it under `production` in .tusk-check/project.tsk if it is the guide",
                    candidate.name(),
                    weight.development.as_deref().unwrap_or("development")
                ),
            }),
            Some(flaw) => {
                let message = format!("{} does not count: {flaw}", candidate.name());
                answer.notes.push(Sighting::new(candidate.place(), Strength::Documented, message));
            }
        }
    }
    let decided = decide(facts, question, topic, &good);
    // What the sections here lack may stand where the project's own page, or its runbook, leads.
    if decided.seen.is_empty() {
        let from =
            |blind: &Blind| blind.place.as_ref().is_some_and(|place| candidates::leads_operators(facts, &place.path));
        answer.blind.extend(outside::moved(facts, topic));
        let links = outside::outside_links(facts, topic).into_iter();
        answer.blind.extend(links.filter(|link| good.is_empty() || from(link)));
    }
    answer.extend(decided);
    answer
}

/// Whether what there is on a topic would be enough without some documents.
pub(super) fn suffices_without(
    facts: &Facts<'_>,
    question: &Question,
    topic: &Topic,
    left_out: &BTreeSet<&str>,
) -> bool {
    let others = candidates::find(facts, topic).into_iter();
    let others = others.filter(|candidate| !left_out.contains(&*candidate.document.path));
    let weighed = others.map(|candidate| (candidate, weigh::weigh(facts, topic, &candidate)));
    let good: Vec<_> =
        weighed.filter(|(candidate, weight)| weight.flaw().is_none() && !candidate.is_of_part(facts, topic)).collect();
    !decide(facts, question, topic, &good).seen.is_empty()
}

/// A document that could not be read matters to a topic when its path says that it is about it.
fn is_about(topic: &Topic, blind: &Blind) -> bool {
    blind.place.as_ref().is_some_and(|place| topic.is_path(&place.path))
}

/// Whether the parts of the sections that count are enough, and where each part is.
fn decide(facts: &Facts<'_>, question: &Question, topic: &Topic, good: &[(Candidate<'_>, Weight)]) -> Answer {
    let mut answer = Answer::default();
    let actions = question.is_set("actions");
    let mut found: BTreeMap<&str, Vec<(Place, String)>> = BTreeMap::new();
    let mut held: Vec<Vec<&str>> = good.iter().map(|_| Vec::new()).collect();
    for (name, part) in &topic.parts {
        let of_part = found.entry(name).or_default();
        for ((candidate, _), held) in good.iter().zip(&mut held) {
            let places = measure::find(facts, topic, candidate, part, actions);
            held.extend((!places.is_empty()).then_some(name.as_str()));
            of_part.extend(places);
        }
    }
    let carrying = holding(topic, good, &held);
    let has = |name: &str| found.get(name).is_some_and(|places| !places.is_empty());
    let lacking: Vec<&str> = topic.parts.keys().map(String::as_str).filter(|name| !has(name)).collect();
    let there = topic.parts.len() - lacking.len();
    let all = question.option_text("parts") == Some("all");
    let wanted = question.option("parts").and_then(topic::whole);
    let enough = match (&topic.needs, wanted) {
        _ if all => lacking.is_empty(),
        (_, Some(wanted)) => there >= wanted,
        (Needs::Some(count), None) => there >= *count,
        (Needs::Named(names), None) => names.iter().all(|name| has(name)),
    };
    let documents: BTreeSet<&str> = good.iter().map(|(candidate, _)| &*candidate.document.path).collect();
    let enough =
        enough && question.option("documents").and_then(topic::whole).is_none_or(|least| documents.len() >= least);
    let parts: Vec<&str> = question.words_from(1).map(|word| &*word.text).collect();
    if !parts.is_empty() && (enough || !matches!(topic.needs, Needs::Named(_))) {
        for part in parts {
            part_answer(&mut answer, topic, part, &found, good);
        }
        return answer;
    }
    for ((candidate, weight), holds) in good.iter().zip(carrying) {
        let mut message = format!("{}: {}", candidate.name(), weight.describe());
        if enough && parts.is_empty() && holds {
            if let Some(named) = &weight.development {
                message = format!("{message} (for {named})");
            }
            answer.seen.push(Sighting::new(candidate.place(), Strength::Documented, message));
        } else {
            let lacks = match lacking.as_slice() {
                _ if enough && !holds => "what the topic is about".to_owned(),
                [] => "others like it".to_owned(),
                lacking => spoken(lacking),
            };
            message = format!("{message}; lacks {lacks}");
            answer.notes.push(Sighting::new(candidate.place(), Strength::Documented, message));
        }
    }
    answer
}

/// Which of the sections hold something of what must be there: the others only bear the name. Where a document holds all
/// of it, the sections of the others add nothing.
fn holding(topic: &Topic, good: &[(Candidate<'_>, Weight)], held: &[Vec<&str>]) -> Vec<bool> {
    let of_section = |held: &[&str]| topic.needs.are_none() || held.iter().any(|part| topic.needs.take(part));
    let is_whole = |path: &str| {
        let sections = good.iter().zip(held).filter(|((candidate, _), _)| *candidate.document.path == *path);
        let parts: BTreeSet<&str> = sections.flat_map(|(_, held)| held.iter().copied()).collect();
        match &topic.needs {
            Needs::Some(count) => parts.len() >= *count,
            Needs::Named(names) => names.iter().all(|name| parts.contains(name.as_str())),
        }
    };
    let whole: Vec<bool> = good.iter().map(|(candidate, _)| is_whole(&candidate.document.path)).collect();
    let any = whole.contains(&true);
    whole.iter().zip(held).map(|(&whole, held)| (whole || !any) && of_section(held)).collect()
}

fn part_answer(
    answer: &mut Answer,
    topic: &Topic,
    part: &str,
    found: &BTreeMap<&str, Vec<(Place, String)>>,
    good: &[(Candidate<'_>, Weight)],
) {
    match found.get(part) {
        None => {
            let why = format!("the topic {:?} has no part {part:?}", topic.name);
            answer.blind.push(Blind { place: None, why });
        }
        Some(places) if places.is_empty() => {
            for (candidate, weight) in good {
                let message = format!("{}: {}; lacks {}", candidate.name(), weight.describe(), spoken(&[part]));
                answer.notes.push(Sighting::new(candidate.place(), Strength::Documented, message));
            }
        }
        Some(places) => answer.seen.extend(
            places.iter().map(|(place, what)| Sighting::new(place.clone(), Strength::Documented, what.clone())),
        ),
    }
}

/// The names of parts as people say them.
fn spoken(parts: &[&str]) -> String {
    parts.iter().map(|part| part.replace('_', " and ")).collect::<Vec<_>>().join(", ")
}
