//! `@source`: what the product's code says, without comments, tests, examples, vendored and generated code.

use super::file::Globs;
use super::text::line_of;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{Hit, observe};
use crate::value::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More sightings than this say nothing more.
const MOST: usize = 50;

/// How far `near` reaches when `lines` is not given.
const NEAR_LINES: u32 = 10;

/// `@source(regex…)`.
pub static PROBE: Probe = Probe {
    name: "source",
    summary: "Matches of a pattern in code that ships; yields the group `value`, constants folded",
    usage: "@source(regex…) {near: regex, lines: n, path: glob, unit}",
    arity: (1, usize::MAX),
    patterns_from: Some(0),
    facts: &[],
    options: &["near", "lines", "path", "unit", "some"],
    look,
};

/// The patterns that a question looks for, as the view of the code wants them gathered.
pub fn patterns(question: &Question) -> Vec<String> {
    let words = question.words_from(0).map(|word| word.text.clone());
    words.chain(question.option_text("near").map(str::to_owned)).collect()
}

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let code = facts.code();
    let near = question.option_text("near").map(|near| lines_of(facts, &code.find(facts, near)));
    let lines = question.option("lines").and_then(Value::as_number).map_or(NEAR_LINES, whole);
    let globs = question
        .option_text("path")
        .map(|glob| Globs::of(std::iter::once(&Word { text: glob.to_owned(), ..Word::default() })));
    let mut answer = Answer::default();
    for word in question.words_from(0) {
        for hit in code.find(facts, &word.text).iter() {
            let is_elsewhere = globs.as_ref().is_some_and(|globs| !globs.matches(&hit.path));
            if is_elsewhere || near.as_ref().is_some_and(|near| !is_near(facts, near, hit, lines)) {
                continue;
            }
            let Some(mut sighting) = sighting(facts, hit, question.option_text("unit")) else { continue };
            if let Some(feature) = code.left_out(facts, &hit.path, hit.span.start) {
                let why = format!("; behind the feature `{feature}`, which a release leaves out");
                sighting.message.push_str(&why);
                if answer.notes.len() < MOST {
                    answer.notes.push(sighting);
                }
            } else if answer.seen.len() < MOST {
                answer.seen.push(sighting);
            }
        }
    }
    answer
}

fn sighting(facts: &Facts<'_>, hit: &Hit, unit: Option<&str>) -> Option<Sighting> {
    let source = facts.tree.text(&hit.path)?;
    let message = line_of(source, hit.span.start);
    Some(match &hit.value {
        None => Sighting::new(Place::at(hit.path.clone(), hit.span), Strength::Configured, message),
        Some((value, span)) => {
            let code = facts.code().file(&hit.path)?.code(facts)?;
            let place = Place::at(hit.path.clone(), *span);
            Sighting::new(place, Strength::Configured, message).with(observe(code.product(), value, unit))
        }
    })
}

/// The lines of some hits, by file, in order.
fn lines_of(facts: &Facts<'_>, hits: &[Hit]) -> BTreeMap<Arc<str>, Vec<u32>> {
    let mut lines: BTreeMap<Arc<str>, Vec<u32>> = BTreeMap::new();
    for hit in hits {
        if let Some(source) = facts.tree.text(&hit.path) {
            lines.entry(hit.path.clone()).or_default().push(source.line_col(hit.span.start).line);
        }
    }
    lines
}

/// A number of lines; a negative one is none.
fn whole(lines: f64) -> u32 {
    u32::try_from(lines as i64).unwrap_or(0)
}

fn is_near(facts: &Facts<'_>, near: &BTreeMap<Arc<str>, Vec<u32>>, hit: &Hit, reach: u32) -> bool {
    let (Some(lines), Some(source)) = (near.get(&hit.path), facts.tree.text(&hit.path)) else { return false };
    let line = source.line_col(hit.span.start).line;
    lines.iter().any(|other| other.abs_diff(line) <= reach)
}
