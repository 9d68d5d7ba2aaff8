//! `@place`: the right places, where not to find a thing proves that it is not there (items-1.md §0.2).
//!
//! Each place gives a sighting of what is there. If it is not there nothing is seen; if that cannot be known, the
//! answer is blind.

pub(crate) mod code;
mod delivery;
pub(super) mod infra;
mod run;

use super::{Probe, Question};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;

/// `@place(name, …)`.
pub static PROBE: Probe = Probe {
    name: "place",
    summary: "Where a thing would stand if it were there: CI, settings, source, a workload, an entry point, a deploy job, …",
    usage: "@place(name) or @place(\"settings\", section…), @place(\"manifest\", ecosystem…), @place(\"service\", dependency…), \
            @place(\"rollout\", strategy…) {without: what}, @place(\"iac\", family…) with db, bucket, lb, cdn, network, machine, cluster, workload, \
            kms, secret, store or a kind",
    arity: (1, 2),
    patterns_from: None,
    facts: &[
        "tree",
        "ci",
        "sched",
        "settings",
        "service",
        "source",
        "work",
        "environment",
        "self_run",
        "container",
        "edge",
        "deploy",
        "rollout",
        "manifest",
        "lock",
        "docs",
        "database_client",
        "database",
        "store",
        "iac",
        "alerts",
        "notify",
    ],
    options: &["without"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = find(facts, question);
    // What a rule asks for there and what must not be found: the message of what was found says both.
    if let Some(what) = question.option_text("without") {
        for sighting in &mut answer.seen {
            sighting.message = format!("{}, without {what}", sighting.message);
        }
    }
    answer
}

fn find(facts: &Facts<'_>, question: &Question) -> Answer {
    let words: Vec<&str> = question.words_from(1).map(|word| &*word.text).collect();
    match question.fact() {
        "tree" => tree(facts),
        "ci" => delivery::ci(facts),
        "sched" => delivery::schedule(facts),
        "settings" => code::settings(facts, &words),
        "service" => code::service(facts, &words),
        "source" => code::source(facts),
        "work" => run::work(facts),
        "environment" => run::environment(facts),
        "self_run" => run::self_run(facts),
        "container" => run::container(facts),
        "edge" => run::edge(facts),
        "deploy" => delivery::deploy(facts),
        "rollout" => run::rollout(facts, &words),
        "manifest" => code::manifest(facts, &words),
        "lock" => code::lock(facts, &words),
        "docs" => code::docs(facts),
        "database_client" => code::client(facts, &words),
        "database" => stores(facts, true),
        "store" => stores(facts, false),
        "iac" => infra::infra(facts, &words),
        "alerts" => run::alerts(facts),
        "notify" => super::notify::here(facts),
        _ => Answer::default(),
    }
}

/// A place that was found.
fn here(place: Place, message: impl Into<String>) -> Sighting {
    Sighting::new(place, Strength::Configured, message)
}

/// An answer of one sighting, or of none.
fn answer(found: Option<Sighting>) -> Answer {
    Answer { seen: found.into_iter().collect(), ..Answer::default() }
}

/// The durable stores that production declares, or the databases among them.
fn stores(facts: &Facts<'_>, databases: bool) -> Answer {
    let view = facts.stores();
    let found = view.stores.iter().filter(|store| store.is_database || !databases);
    let seen: Vec<Sighting> = found.map(|store| here(store.place.clone(), store.title.clone())).collect();
    let blind = if seen.is_empty() { view.blind.clone() } else { Vec::new() };
    Answer { seen, notes: view.notes.clone(), blind, ..Answer::default() }
}

fn tree(facts: &Facts<'_>) -> Answer {
    let count = facts.tree.files().len();
    let found = (count > 0).then(|| here(Place::file("."), format!("{count} files")));
    Answer { blind: facts.tree.blind().to_vec(), ..answer(found) }
}
