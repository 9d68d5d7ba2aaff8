//! `@cargo.profile`: how Cargo builds a release.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::manifests::Ecosystem;
use crate::quantity::Quantity;
use crate::value::{Field, Kind, Value};

/// A profile that inherits from more than this many others is taken as it stands.
const MAX_INHERITANCE: usize = 8;

/// `@cargo.profile(key…)`.
pub static PROBE: Probe = Probe {
    name: "cargo.profile",
    summary: "A setting of the release profile of each workspace, inherited ones and Cargo's defaults included",
    usage: "@cargo.profile(key…) {profile}",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &["profile"],
    look,
};

/// What Cargo sets for a release when nobody does (The Cargo Book, "Profiles").
const RELEASE_DEFAULTS: &[(&str, &str)] = &[
    ("opt-level", "3"),
    ("debug", "false"),
    ("strip", "none"),
    ("debug-assertions", "false"),
    ("overflow-checks", "false"),
    ("lto", "false"),
    ("panic", "unwind"),
    ("incremental", "false"),
    ("codegen-units", "16"),
    ("rpath", "false"),
];

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let profile = question.option_text("profile").unwrap_or("release");
    for package in facts.manifests().product().filter(|package| package.ecosystem == Ecosystem::Cargo) {
        let Some(root) = facts.parsed(&package.path).and_then(|parsed| parsed.first()) else { continue };
        let is_root = facts.manifests().workspace_of(facts, &package.path).is_none_or(|path| *path == *package.path);
        for key in question.words_from(0).map(|word| &*word.text) {
            match setting(root, profile, key) {
                Some((field, from)) if is_root => {
                    let message = format!("{key} in [profile.{from}]");
                    let place = Place::at(package.path.clone(), field.span());
                    answer.seen.push(typed(Sighting::new(place, Strength::Configured, message), &field.value));
                }
                Some((field, from)) => {
                    let message = format!("[profile.{from}] of a member, which Cargo ignores");
                    let place = Place::at(package.path.clone(), field.span());
                    answer.notes.push(Sighting::new(place, Strength::Configured, message));
                }
                None if is_root => answer.seen.extend(default(&package.path, key)),
                None => {}
            }
        }
    }
    answer
}

/// The field that decides, and the profile that it stands in.
fn setting<'v>(root: &'v Value, profile: &str, key: &str) -> Option<(&'v Field, String)> {
    let mut name = profile.to_owned();
    for _ in 0..MAX_INHERITANCE {
        let table = root.at(&["profile", &name]).and_then(Value::as_map);
        if let Some(field) = table.and_then(|table| table.get(key)) {
            return Some((field, name));
        }
        let parent = table.and_then(|table| table.get("inherits")).and_then(|field| field.value.as_str());
        parent?.clone_into(&mut name);
    }
    None
}

fn default(path: &str, key: &str) -> Option<Sighting> {
    let &(_, value) = RELEASE_DEFAULTS.iter().find(|(known, _)| *known == key)?;
    let observed = match value {
        "false" => Observed::Flag(false),
        _ => {
            value.parse().map_or_else(|_| Observed::Word(value.to_owned()), |n| Observed::Quantity(Quantity::count(n)))
        }
    };
    let sighting = Sighting::new(Place::file(path), Strength::Configured, format!("{key} is not set: {value}"));
    Some(sighting.with(observed).default_of("cargo"))
}

fn typed(sighting: Sighting, value: &Value) -> Sighting {
    match &value.kind {
        Kind::Bool(flag) => sighting.with(Observed::Flag(*flag)),
        Kind::Int(number) => sighting.with(Observed::Quantity(Quantity::count(*number as f64))),
        Kind::Str(word) => sighting.with(Observed::Word(word.clone())),
        _ => sighting,
    }
}
