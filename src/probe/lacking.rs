//! `each` and `missing`: what becomes of an answer where some of what was looked at lacks what the question asks for.

use super::Question;
use crate::evidence::{Answer, Place, Sighting, Strength};

/// More sightings than this say nothing more.
const MOST: usize = 100;

/// What a question says about those that lack it.
#[derive(Clone, Copy)]
pub(super) struct Lacking {
    /// Each has to have it: one without, and nothing counts.
    each: bool,
    /// Those without it are what is asked for; those that have it are shown.
    missing: bool,
}

impl Lacking {
    pub(super) fn of(question: &Question) -> Self {
        Self { each: question.is_set("each"), missing: question.is_set("missing") }
    }

    /// Turns an answer to those that lack something, by place and title; says whether it did.
    pub(super) fn turn(self, answer: &mut Answer, lacking: impl Iterator<Item = (Place, String)>, what: &str) -> bool {
        let without = |(place, title)| Sighting::new(place, Strength::Configured, format!("{title} has no {what}"));
        let lacking: Vec<Sighting> = lacking.take(MOST).map(without).collect();
        if self.missing {
            answer.notes.append(&mut answer.seen);
            answer.seen = lacking;
        } else if self.each && !lacking.is_empty() {
            answer.seen.clear();
            answer.notes.splice(0..0, lacking);
        } else {
            return false;
        }
        true
    }
}
