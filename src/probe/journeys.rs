//! `@journeys(fact)`: the journeys of users that the project lists, and whether end-to-end tests walk them.

use super::doc::candidates::{self, Candidate};
use super::doc::topic::Topic;
use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::documents::{BlockKind, Section};
use crate::facts::suites::Suite;
use crate::quantity::Quantity;
use crate::source::Span;
use std::collections::BTreeSet;

/// `@journeys`.
pub static PROBE: Probe = Probe {
    name: "journeys",
    summary: "the share of the listed user journeys whose words an end-to-end test bears; names those that none does",
    usage: "@journeys(\"covered\")",
    arity: (1, 1),
    patterns_from: None,
    facts: &["covered"],
    options: &[],
    look,
};

/// More journeys than this are not shown one by one.
const MOST: usize = 20;
/// Words that say nothing about which journey it is.
const PLAIN: &[&str] = &[
    "the", "and", "user", "users", "can", "with", "from", "into", "their", "they", "that", "this", "for", "journey",
    "flow",
];

/// A journey as it is listed.
struct Journey {
    name: String,
    place: Place,
    words: BTreeSet<String>,
}

fn look(facts: &Facts<'_>, _: &Question) -> Answer {
    let mut answer = Answer::default();
    let Err(topic) = Topic::named("journeys") else { return answer };
    let journeys: Vec<Journey> = candidates::find(facts, topic).iter().flat_map(|found| listed(found, topic)).collect();
    let Some(first) = journeys.first() else { return answer };
    let tests: Vec<BTreeSet<String>> = facts
        .suites()
        .of(facts, Suite::E2e)
        .into_iter()
        .flat_map(|(file, _)| {
            let text = facts.tree.text(&file.path).map_or("", |source| source.text());
            text.lines().map(words).chain(std::iter::once(words(&file.path))).collect::<Vec<_>>()
        })
        .filter(|words| !words.is_empty())
        .collect();
    let (walked, missing): (Vec<&Journey>, Vec<&Journey>) =
        journeys.iter().partition(|journey| tests.iter().any(|test| bears(test, &journey.words)));
    let share = walked.len() as f64 / journeys.len() as f64;
    let message = format!("{} of {} listed journeys have an end-to-end test", walked.len(), journeys.len());
    let place = missing.first().map_or_else(|| first.place.clone(), |journey| journey.place.clone());
    answer
        .seen
        .push(Sighting::new(place, Strength::Documented, message).with(Observed::Quantity(Quantity::ratio(share))));
    answer.notes.extend(missing.iter().take(MOST).map(|journey| {
        Sighting::new(
            journey.place.clone(),
            Strength::Documented,
            format!("no end-to-end test of \"{}\"", journey.name),
        )
    }));
    answer
}

/// Items of lists, rows of tables and headings under the heading that names the journeys.
fn listed(candidate: &Candidate<'_>, topic: &Topic) -> Vec<Journey> {
    let document = candidate.document;
    let journey = |text: &str, span: Span| {
        let name = text.split(['\n', '|']).map(str::trim).find(|part| !part.is_empty()).unwrap_or("").to_owned();
        let words = words(&name);
        (!words.is_empty()).then(|| Journey { name, place: Place::at(document.path.clone(), span), words })
    };
    let of_section = |section: &Section| -> Vec<Journey> {
        let is_entry =
            |kind: &BlockKind| matches!(kind, BlockKind::Item { depth: 0, .. } | BlockKind::Row { header: false, .. });
        let blocks = section.blocks.iter().filter(|block| is_entry(&block.kind));
        blocks.filter_map(|block| journey(block.label.as_deref().unwrap_or(&block.text), block.span)).collect()
    };
    let sections: Vec<(usize, &Section)> = candidate.speaking(topic).collect();
    let items: Vec<Journey> = sections.iter().flat_map(|(_, section)| of_section(section)).collect();
    if !items.is_empty() {
        return items;
    }
    let below = candidate.tree().iter().skip(1);
    below.filter_map(|section| journey(&section.title, section.heading)).collect()
}

/// The words that tell one journey from another, without their endings.
fn words(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let telling = parts.filter(|word| word.len() > 2 && !PLAIN.contains(&word.as_str()));
    telling
        .map(|word| ["ing", "es", "s"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(&word).to_owned())
        .collect()
}

/// A line of a test bears a journey when it holds most of its words, and at least two unless it has but one.
fn bears(test: &BTreeSet<String>, journey: &BTreeSet<String>) -> bool {
    let shared = journey.intersection(test).count();
    shared * 3 >= journey.len() * 2 && shared >= journey.len().min(2)
}
