//! Rotas and escalations in files of their own: `oncall.yaml`, `rota.toml`, `escalation.yml`.

use super::{Chain, Level, Rotation, named};
use crate::evidence::Place;
use crate::facts::Facts;
use crate::facts::format::Format;
use crate::facts::production::{is_example, is_fixture};
use crate::quantity::Quantity;
use crate::value::{Field, Kind, Map, Value};
use std::collections::BTreeSet;

/// Words of a file's name that say what it holds.
const NAMES: &[&str] =
    &["oncall", "on-call", "on_call", "rota", "rotas", "pager", "pagerduty", "opsgenie", "escalation", "escalations"];
/// Keys under which levels are listed.
const LEVELS: &[&str] = &[
    "levels",
    "escalation",
    "escalations",
    "escalation_levels",
    "escalation_policy",
    "steps",
    "tiers",
    "rules",
    "chain",
];
/// Keys that say who is called.
const WHO: &[&str] = &[
    "contact",
    "contacts",
    "who",
    "target",
    "targets",
    "notify",
    "schedule",
    "user",
    "users",
    "person",
    "people",
    "handle",
    "phone",
    "recipient",
    "team",
];
/// Keys that say how long a level waits for the one before it.
const AFTER: &[&str] = &["after", "delay", "wait", "escalate_after", "after_minutes", "delay_minutes"];
/// Keys that say how long a level is given before the next one is called.
const GIVEN: &[&str] = &[
    "timeout",
    "timeout_minutes",
    "ack_within",
    "acknowledge_within",
    "ack_timeout",
    "escalation_delay_in_minutes",
    "time_to_ack_seconds",
];
/// Keys under which people are listed.
const PEOPLE: &[&str] =
    &["members", "participants", "people", "users", "rolling_users", "responders", "engineers", "rotation", "rota"];
/// How deep such files nest.
const MAX_DEPTH: usize = 8;

/// The files, each with its values.
fn files<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = (&'f str, &'f Value)> {
    let named = facts.files_of(Format::ALL).filter(|file| {
        let stem = file.name().split('.').next().unwrap_or_default().to_lowercase();
        let says = |name: &&str| {
            stem == **name || stem.starts_with(&format!("{name}-")) || stem.ends_with(&format!("-{name}"))
        };
        NAMES.iter().any(says) && !is_example(&file.path) && !is_fixture(&file.path)
    });
    // Manifests, workflows and locales of that name are something else.
    let elsewhere = |path: &str| {
        path.starts_with(".github/workflows") || path.split('/').any(|part| ["src", "locales", "i18n"].contains(&part))
    };
    let named = named.filter(move |file| !elsewhere(&file.path));
    named.filter_map(|file| Some((&*file.path, facts.parsed(&file.path)?.first()?))).filter(|(_, value)| {
        value.as_map().is_some() && value.get("apiVersion").is_none() && value.get("openapi").is_none()
    })
}

/// Visits every map of a value with the key that it stands under.
fn each_field<'v>(value: &'v Value, depth: usize, visit: &mut impl FnMut(&'v str, &'v Field)) {
    if depth > MAX_DEPTH {
        return;
    }
    match &value.kind {
        Kind::Map(map) => {
            for (key, field) in map {
                visit(key, field);
                each_field(&field.value, depth + 1, visit);
            }
        }
        Kind::List(list) => list.iter().for_each(|inner| each_field(inner, depth + 1, visit)),
        _ => {}
    }
}

pub(super) fn chains(facts: &Facts<'_>) -> Vec<Chain> {
    let mut chains = Vec::new();
    for (path, value) in files(facts) {
        each_field(value, 0, &mut |key, field| {
            let Some(list) = field.value.as_list().filter(|_| LEVELS.contains(&plain(key).as_str())) else { return };
            let levels = levels(path, list);
            if !levels.is_empty() {
                let place = Place::at(path, field.key);
                chains.push(Chain { place, title: format!("`{key}` of {path}"), levels, is_used: true });
            }
        });
    }
    chains
}

fn levels(path: &str, list: &[Value]) -> Vec<Level> {
    let mut given = Some(0.0);
    let mut levels = Vec::new();
    for entry in list {
        let Some(map) = entry.as_map() else { continue };
        let target = find(map, WHO).map(|(_, value)| names(value).into_iter().collect::<Vec<_>>().join(", "));
        let Some(target) = target.filter(|target| !target.is_empty()) else { continue };
        let own = find(map, AFTER).and_then(|(key, value)| seconds(key, value));
        let after = if levels.is_empty() { own.or(Some(0.0)) } else { own.or(given) };
        let grace = find(map, GIVEN).and_then(|(key, value)| seconds(key, value));
        given = after.zip(grace).map(|(after, grace)| after + grace);
        levels.push(Level { target, after, place: Place::at(path, entry.span) });
    }
    levels
}

fn find<'m>(map: &'m Map, keys: &[&str]) -> Option<(&'m str, &'m Value)> {
    let found = map.iter().find(|(key, _)| keys.contains(&plain(key).as_str()));
    found.map(|(key, field)| (key.as_str(), &field.value))
}

fn plain(key: &str) -> String {
    key.to_lowercase().replace('-', "_")
}

/// `15m`, or a bare number in the unit that its key names; without one it says nothing.
fn seconds(key: &str, value: &Value) -> Option<f64> {
    let unit = if key.ends_with("seconds") { "s" } else { "min" };
    let named = key.ends_with("seconds") || key.ends_with("minutes");
    let amount = Quantity::parse(&value.scalar_text()?).ok()?;
    let time = if named { amount.counted_in(unit).ok()? } else { amount };
    (time.dimension == crate::quantity::Dimension::Time).then_some(time.amount)
}

/// Names in a value: a text, a list of them, or maps that have one.
fn names(value: &Value) -> BTreeSet<String> {
    match &value.kind {
        Kind::List(list) => list.iter().flat_map(names).collect(),
        Kind::Map(map) => {
            let keys = ["name", "handle", "user", "email", "username", "github", "slack", "phone"];
            find(map, &keys).and_then(|(_, value)| named(value)).into_iter().collect()
        }
        _ => named(value).into_iter().collect(),
    }
}

pub(super) fn rotations(facts: &Facts<'_>) -> Vec<Rotation> {
    let mut rotations = Vec::new();
    for (path, value) in files(facts) {
        each_field(value, 0, &mut |key, field| {
            if !PEOPLE.contains(&plain(key).as_str()) || field.value.as_list().is_none() {
                return;
            }
            let place = Place::at(path, field.key);
            rotations.push(Rotation { place, title: format!("`{key}` of {path}"), people: names(&field.value) });
        });
    }
    rotations
}
