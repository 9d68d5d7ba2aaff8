//! `@cargo.profile`: how Cargo builds a release.

use super::{Probe, Question};
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::ci::Command;
use crate::facts::ci::pattern::values_of;
use crate::facts::manifests::Ecosystem;
use crate::quantity::Quantity;
use crate::value::{Field, Kind, Value};
use std::collections::BTreeSet;

/// A profile that inherits from more than this many others is taken as it stands.
const MAX_INHERITANCE: usize = 8;

/// `@cargo.profile(key…)`.
pub static PROBE: Probe = Probe {
    name: "cargo.profile",
    summary: "A setting of the release profile of each workspace, or of the one that CI builds with what it publishes; inherited ones and Cargo's defaults included",
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
    let asked = question.option_text("profile");
    let published = if asked.is_none() { published(facts) } else { Vec::new() };
    for package in facts.manifests().product().filter(|package| package.ecosystem == Ecosystem::Cargo) {
        let Some(root) = facts.parsed(&package.path).and_then(|parsed| parsed.first()) else { continue };
        let is_root = facts.manifests().workspace_of(facts, &package.path).is_none_or(|path| *path == *package.path);
        let is_beside = is_root && is_beside(facts, package.folder());
        let profile = published.iter().find(|name| is_release(root, name)).map_or("release", String::as_str);
        let profile = asked.unwrap_or(profile);
        for key in question.words_from(0).map(|word| &*word.text) {
            match setting(root, profile, key) {
                Some((field, from)) if is_root && !is_beside => {
                    let message = format!("{key} in [profile.{from}]");
                    let place = Place::at(package.path.clone(), field.span());
                    answer.seen.push(typed(Sighting::new(place, Strength::Configured, message), &field.value));
                }
                Some((field, from)) => {
                    let whose =
                        if is_beside { "a workspace that nothing builds" } else { "a member, which Cargo ignores" };
                    let message = format!("[profile.{from}] of {whose}");
                    let place = Place::at(package.path.clone(), field.span());
                    answer.notes.push(Sighting::new(place, Strength::Configured, message));
                }
                None if is_root && !is_beside => answer.seen.extend(default(&package.path, key)),
                None => {}
            }
        }
    }
    answer
}

/// Whether a workspace is one more beside that at the root, and neither CI nor an image builds it.
fn is_beside(facts: &Facts<'_>, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    if folder.is_empty() || !facts.manifests().product().any(|package| &*package.path == "Cargo.toml") {
        return false;
    }
    let is_inside = |path: &str| {
        let rest = path.trim_start_matches("./").strip_prefix(folder);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_named = |command: &Command| is_inside(&command.dir) || command.words.iter().any(|word| is_inside(word));
    let images = &facts.containers().images;
    let in_image =
        || images.iter().filter_map(|image| facts.tree.text(&image.path)).any(|text| text.text().contains(folder));
    !facts.ci().commands.iter().any(is_named) && !in_image()
}

/// The profiles with which CI builds what it hands to users: `cargo build --profile dist` in a job that publishes, or that
/// one waits for.
fn published(facts: &Facts<'_>) -> Vec<String> {
    let ci = facts.ci();
    let deployments = ci.deployments().iter().filter(|deployment| deployment.counts());
    let jobs = deployments.flat_map(|one| std::iter::once(one.step.job).chain(ci.ancestors(one.step.job)));
    let jobs: BTreeSet<usize> = jobs.collect();
    let builds = |command: &&Command| {
        let (program, rest) = (command.words.first(), command.words.get(1));
        command.sure
            && jobs.contains(&command.step.job)
            && program.is_some_and(|word| matches!(word.as_str(), "cargo" | "cross"))
            && rest.is_some_and(|word| matches!(word.as_str(), "build" | "b" | "rustc" | "zigbuild" | "auditable"))
    };
    let commands = ci.commands.iter().filter(builds);
    commands.flat_map(|command| values_of(&command.words, "--profile").flatten()).map(str::to_owned).collect()
}

/// Whether a profile of the project's own begins with that of a release.
fn is_release(root: &Value, name: &str) -> bool {
    let mut name = name;
    for _ in 0..MAX_INHERITANCE {
        let parent = root.at(&["profile", name, "inherits"]).and_then(Value::as_str);
        match parent {
            Some("release") => return true,
            Some(parent) => name = parent,
            None => return false,
        }
    }
    false
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
