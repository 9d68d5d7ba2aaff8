//! What starts a workflow: `on:`.

use super::super::model::{Event, Trigger, is_beside};
use super::strings;
use crate::evidence::Place;
use crate::facts::format::Parsed;
use crate::value::Value;

type Workflow<'a> = (String, &'a Parsed, &'a Value);

/// The triggers of a workflow. `workflow_run` takes over those of the workflows that it names.
pub(super) fn of(parsed: &Parsed, root: &Value, all: &[Workflow<'_>]) -> Vec<Trigger> {
    direct(parsed, root, all, true)
}

/// Whether pushes and pull requests start a workflow only where files in certain places change.
pub(super) fn are_partial(root: &Value) -> bool {
    let Some(on) = root.get("on").or_else(|| root.get("true")).and_then(Value::as_map) else { return false };
    let gates =
        || on.iter().filter(|(name, _)| matches!(name.as_str(), "push" | "pull_request" | "pull_request_target"));
    let is_partial = |event: &Value| {
        let paths = strings(event.get("paths"));
        !paths.is_empty() && paths.iter().all(|path| path.contains('/') && !path.starts_with("**"))
    };
    gates().next().is_some() && gates().all(|(_, field)| is_partial(&field.value))
}

fn direct(parsed: &Parsed, root: &Value, all: &[Workflow<'_>], chained: bool) -> Vec<Trigger> {
    // YAML 1.1 readers take a bare `on` for `true`.
    let Some(on) = root.get("on").or_else(|| root.get("true")) else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(map) = on.as_map() {
        for (name, field) in map {
            let place = Place::at(parsed.source.name(), field.key);
            found.extend(event(parsed, name, &field.value, &place, all, chained));
        }
    } else if let Some(list) = on.as_list() {
        for item in list {
            let place = Place::at(parsed.source.name(), item.span);
            found.extend(item.as_str().into_iter().flat_map(|name| event(parsed, name, item, &place, all, chained)));
        }
    } else if let Some(name) = on.as_str() {
        found.extend(event(parsed, name, on, &Place::at(parsed.source.name(), on.span), all, chained));
    }
    found
}

fn event(
    parsed: &Parsed,
    name: &str,
    value: &Value,
    place: &Place,
    all: &[Workflow<'_>],
    chained: bool,
) -> Vec<Trigger> {
    let one = |event: Event| vec![Trigger { event, place: place.clone() }];
    let types = strings(value.get("types"));
    match name {
        "push" => {
            let branches = strings(value.get("branches"));
            let tags = !strings(value.get("tags")).is_empty();
            let ignores = value.get("branches-ignore").is_some();
            let mut found = Vec::new();
            if !branches.is_empty() || ignores || !tags {
                let branches = branches.into_iter().filter(|branch| !branch.starts_with('!')).collect();
                found.extend(one(Event::Push(branches)));
            }
            if tags || (value.get("branches").is_none() && !ignores && value.get("tags-ignore").is_none()) {
                found.extend(one(Event::Tag));
            }
            found
        }
        // Only a run on the opened or updated request can stop its merge.
        "pull_request" | "pull_request_target" => {
            let updates = ["opened", "synchronize", "reopened", "ready_for_review"];
            let guards = types.is_empty() || types.iter().any(|kind| updates.contains(&kind.as_str()));
            let branches = strings(value.get("branches"));
            if !branches.is_empty() && branches.iter().all(|name| is_beside(name)) {
                return one(Event::Other(format!("pull request to {}", branches.join(", "))));
            }
            one(if guards { Event::PullRequest } else { Event::Other(format!("pull request {}", types.join(", "))) })
        }
        "merge_group" => one(Event::MergeQueue),
        "release" => one(Event::Tag),
        "create" => one(Event::Other("create".into())),
        "schedule" => {
            let crons = value.as_list().unwrap_or(&[]).iter();
            crons
                .filter_map(|item| {
                    let cron = item.get("cron")?;
                    Some(Trigger {
                        event: Event::Schedule(cron.as_str()?.to_owned()),
                        place: Place::at(parsed.source.name(), cron.span),
                    })
                })
                .collect()
        }
        "workflow_dispatch" | "repository_dispatch" => one(Event::Manual),
        "workflow_run" if chained => {
            let names = strings(value.get("workflows"));
            let before = all.iter().filter(|(path, _, root)| {
                let title = root.get("name").and_then(Value::as_str).unwrap_or(path);
                names.iter().any(|one| one == title)
            });
            let branches = strings(value.get("branches"));
            before
                .flat_map(|(_, parsed, root)| direct(parsed, root, all, false))
                .filter(|trigger| matches!(trigger.event, Event::Push(_) | Event::Tag | Event::Manual))
                .map(|trigger| match trigger.event {
                    Event::Push(_) if !branches.is_empty() => {
                        Trigger { event: Event::Push(branches.clone()), place: place.clone() }
                    }
                    event => Trigger { event, place: place.clone() },
                })
                .collect()
        }
        other => one(Event::Other(other.to_owned())),
    }
}
