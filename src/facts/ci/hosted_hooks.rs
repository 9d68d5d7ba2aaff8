//! pre-commit.ci: it runs the hooks of a tree on each pull request, and its settings stand in their file under `ci`.

use super::follow::Walk;
use super::github::strings;
use super::model::{Event, Job, Trigger};
use super::plain::{self, Frame};
use crate::evidence::Place;
use std::collections::BTreeMap;

const FILE: &str = ".pre-commit-config.yaml";

/// Reads them, where another system builds and tests: hooks alone are no CI in which anything could be missed.
pub(super) fn read(walk: &mut Walk<'_>) {
    let facts = walk.facts;
    if walk.ci.jobs.is_empty() || facts.tree.file(FILE).is_none() {
        return;
    }
    let Some(parsed) = facts.parsed(FILE) else { return };
    let Some(settings) = parsed.first().and_then(|root| root.get("ci")).filter(|ci| ci.as_map().is_some()) else {
        return;
    };
    let place: Place = plain::place(parsed, settings.span);
    let events = [Event::PullRequest, Event::Push(Vec::new())];
    let triggers = events.map(|event| Trigger { event, place: place.clone() }).to_vec();
    let job = Job { workflow: FILE.to_owned(), ..Job::new("pre-commit.ci", place.clone(), triggers) };
    let skipped = strings(settings.get("skip"));
    Frame::of(walk, job, BTreeMap::new()).hooks(walk, FILE, &skipped, &place);
}
