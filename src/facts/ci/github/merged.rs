//! Jobs that run once a pull request has been merged: what they do happens to the branch that it went into.

use super::super::model::{Event, Trigger};
use super::expression::{self, Scope};
use super::{Known, strings};
use crate::value::{Map, Value};
use std::collections::BTreeSet;

/// Where a request says whether it was merged.
const MERGED: &str = "github.event.pull_request.merged";

/// The jobs of a workflow that run on a closed request only where it was merged, and those that need one of them.
pub(super) fn jobs<'a>(jobs: &'a Map, triggers: &[Trigger], known: &Known) -> BTreeSet<&'a str> {
    let Some(closed) = triggers.iter().find(|trigger| is_closing(&trigger.event)) else { return BTreeSet::new() };
    let asks = |value: &Value| {
        let condition = value.get("if").and_then(Value::scalar_text);
        condition.is_some_and(|text| {
            let holds = |merged: &str| {
                let lookup = |name: &str| if name == MERGED { Some(merged.to_owned()) } else { known.get(name) };
                expression::holds(&text, &Scope { known: &lookup, event: Some(&closed.event), failed: false })
            };
            holds("false") == Some(false) && holds("true") != Some(false)
        })
    };
    let mut found: BTreeSet<&str> =
        jobs.iter().filter(|(_, field)| asks(&field.value)).map(|(id, _)| id.as_str()).collect();
    loop {
        let waits = |value: &Value| strings(value.get("needs")).iter().any(|need| found.contains(need.as_str()));
        let more: Vec<&str> = jobs
            .iter()
            .filter(|(id, field)| !found.contains(id.as_str()) && waits(&field.value))
            .map(|(id, _)| id.as_str())
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// The triggers of such a job: instead of the closed request, what its merge pushes.
pub(super) fn pushed(triggers: Vec<Trigger>, root: &Value) -> Vec<Trigger> {
    let on = root.get("on").or_else(|| root.get("true"));
    let events = ["pull_request", "pull_request_target"].iter().filter_map(|name| on?.get(name));
    let closing = |event: &&Value| strings(event.get("types")).iter().any(|kind| kind == "closed");
    let branches: Vec<String> = events.filter(closing).flat_map(|event| strings(event.get("branches"))).collect();
    let pushed = |trigger: Trigger| match trigger.event {
        ref event if is_closing(event) => Trigger { event: Event::Push(branches.clone()), ..trigger },
        _ => trigger,
    };
    triggers.into_iter().map(pushed).collect()
}

/// Whether an event is the end of a pull request.
fn is_closing(event: &Event) -> bool {
    matches!(event, Event::Other(name) if name.strip_prefix("pull request ").is_some_and(|types| {
        types.split(", ").any(|kind| kind == "closed")
    }))
}
