//! `@text`: what the bytes of some files say, comments left out where their kind is known.

use super::file::Globs;
use super::source::as_regex;
use super::{Probe, Question};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{observe, without_comments};
use crate::source::{Source, Span};
use regex::Regex;

/// A pattern that matches oftener in one file says nothing more.
const MOST: usize = 20;

/// `@text(glob, regex…)`.
pub static PROBE: Probe = Probe {
    name: "text",
    summary: "Matches of a pattern in the text of matching files, without comments; yields the group `value`",
    usage: "@text(glob, regex…) {unit}",
    arity: (2, usize::MAX),
    patterns_from: Some(1),
    facts: &[],
    options: &["unit"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let globs = Globs::of(question.arg(0).iter());
    let patterns: Vec<Regex> = question.words_from(1).filter_map(as_regex).collect();
    for file in facts.tree.files() {
        if !globs.matches(&file.path) {
            continue;
        }
        let aside = globs.aside(&file.path);
        let Some(source) = file.text() else {
            if aside.is_none() {
                let why = "cannot be read as text".to_owned();
                answer.blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
            }
            continue;
        };
        let text = without_comments(&file.path, source.text());
        for pattern in &patterns {
            for found in pattern.captures_iter(&text).take(MOST) {
                let sighting = sighting(source, &text, &found, question.option_text("unit"));
                match aside {
                    None => answer.seen.push(sighting),
                    Some(why) => {
                        let message = format!("{} ({why})", sighting.message);
                        answer.notes.push(Sighting { message, ..sighting });
                    }
                }
            }
        }
    }
    answer
}

fn sighting(source: &Source, text: &str, found: &regex::Captures<'_>, unit: Option<&str>) -> Sighting {
    let whole = found.get(0).map_or(Span::default(), |whole| Span::new(whole.start(), whole.end()));
    let message = line_of(source, whole.start);
    let sighting = Sighting::new(Place::at(source.name(), whole), Strength::Configured, message);
    match found.name("value") {
        None => sighting,
        Some(value) => {
            let place = Place::at(source.name(), Span::new(value.start(), value.end()));
            Sighting { place, ..sighting }.with(observe(text, value.as_str(), unit))
        }
    }
}

/// The line that holds an offset, shortened for a message.
pub(super) fn line_of(source: &Source, offset: u32) -> String {
    const LONGEST: usize = 120;
    let line = source.line(source.line_col(offset).line).trim();
    match line.char_indices().nth(LONGEST) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}…", &line[..end]),
    }
}
