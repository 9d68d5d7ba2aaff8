//! What starts a pipeline: `trigger`, `pr`, `schedules`, the completion of another pipeline.

use super::super::follow::Walk;
use super::super::github::strings;
use super::super::model::{Event, Trigger};
use super::super::plain;
use crate::evidence::Blind;
use crate::facts::format::Parsed;
use crate::source::Span;
use crate::value::Value;

/// The triggers of a pipeline; a person can always start it.
pub(super) fn of(walk: &mut Walk<'_>, parsed: &Parsed, root: &Value) -> Vec<Trigger> {
    let start = Span { start: root.span.start, end: root.span.start };
    let one = |event: Event, span: Span| Trigger { event, place: plain::place(parsed, span) };
    let none = |value: &Value| value.as_str() == Some("none");
    let mut found = Vec::new();
    let mut clocks = Vec::new();
    for entry in root.get("schedules").and_then(Value::as_list).unwrap_or(&[]) {
        if let Some(cron) = entry.get("cron") {
            clocks.push(one(Event::Schedule(cron.scalar_text().unwrap_or_default()), cron.span));
        }
    }
    let push = root.get("trigger");
    match push {
        Some(value) if none(value) => {}
        Some(value) => found.extend(pushes(value).into_iter().map(|event| one(event, value.span))),
        None => found.push(one(Event::Push(Vec::new()), start)),
    }
    match root.get("pr") {
        Some(value) if none(value) => {}
        Some(_) | None if push.is_none() => {
            found.push(one(Event::PullRequest, root.get("pr").map_or(start, |pr| pr.span)));
        }
        Some(value) => found.push(one(Event::PullRequest, value.span)),
        // Where pull requests are not named, the host decides (a policy of the branch, or the forge's default).
        None if push.is_some_and(none) && clocks.is_empty() && root.at(&["resources", "pipelines"]).is_none() => {
            walk.ci.blind.push(Blind {
                place: push.map(|value| plain::place(parsed, value.span)),
                why: "whether this pipeline runs on pull requests is set on the host".into(),
            });
        }
        None => {}
    }
    found.append(&mut clocks);
    for entry in root.at(&["resources", "pipelines"]).and_then(Value::as_list).unwrap_or(&[]) {
        if entry.get("trigger").is_some_and(|value| !none(value)) {
            let name =
                entry.get("source").or_else(|| entry.get("pipeline")).and_then(Value::as_str).unwrap_or("another");
            found.push(one(Event::Other(format!("after the pipeline {name}")), entry.span));
        }
    }
    if found.is_empty() {
        found.push(one(Event::Manual, push.map_or(start, |value| value.span)));
    }
    found
}

fn pushes(value: &Value) -> Vec<Event> {
    let included = |key: &str| {
        let part = value.get(key);
        let include = part.and_then(|part| part.get("include"));
        (part.is_some(), strings(include.or_else(|| part.filter(|part| part.as_list().is_some()))))
    };
    let plain = |name: &String| name.trim_start_matches("refs/heads/").to_owned();
    let any = |names: &[String]| names.iter().any(|name| matches!(name.as_str(), "*" | "**"));
    if value.as_map().is_none() {
        let names: Vec<String> = strings(Some(value)).iter().map(plain).collect();
        return vec![Event::Push(if any(&names) { Vec::new() } else { names })];
    }
    let (has_branches, names) = included("branches");
    let (has_tags, _) = included("tags");
    let excluded = strings(value.at(&["branches", "exclude"]));
    let mut found = Vec::new();
    let tags: Vec<&String> = names.iter().filter(|name| name.starts_with("refs/tags/")).collect();
    let left: Vec<String> = names.iter().filter(|name| !name.starts_with("refs/tags/")).map(plain).collect();
    let released = excluded.iter().any(|name| matches!(plain(name).as_str(), "main" | "master" | "*"));
    if (!left.is_empty() || names.is_empty()) && !released && (has_branches || !has_tags) {
        found.push(Event::Push(if any(&left) { Vec::new() } else { left }));
    }
    if has_tags || !tags.is_empty() {
        found.push(Event::Tag);
    }
    found
}
