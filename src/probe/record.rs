//! `@record(topic)`: dated records of deeds: postmortems, reviews, drills.

use super::{Probe, Question};
use crate::checklist::Cadence;
use crate::evidence::{Answer, Observed, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::documents::{Document, Standing};
use crate::pattern::Regex;
use crate::pattern::{compile, pattern};
use crate::quantity::Quantity;
use crate::source::Span;
use jiff::civil::Date;

/// `@record`.
pub static PROBE: Probe = Probe {
    name: "record",
    summary: "dated records on a topic, the newest first: a date in the file's name, the front matter or the first lines, and what was found and done; with `cadence`, only those still in date; with `age`, their age as the value",
    usage: "@record(topic…) {cadence: \"quarterly\" | [\"$expected\", \"quarterly\"], age, parts: regex}",
    arity: (1, 16),
    patterns_from: None,
    facts: &[],
    options: &["cadence", "age", "parts"],
    look,
};

pattern!(DATE, r"\b(20\d{2})[-_./]?(0[1-9]|1[0-2])[-_./]?(0[1-9]|[12]\d|3[01])\b");
pattern!(
    SAID,
    r"(?i)\b(?:(\d{1,2})(?:st|nd|rd|th)? +)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? +(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?(20\d{2})\b"
);
pattern!(
    OUTCOME,
    r"(?i)\b(?:action items?|actions|findings?|results?|outcomes?|follow-?ups?|conclusions?|decisions?|root cause|impact|timeline|measured|took|passed|failed|recommendations?|what went (?:well|wrong)|lessons)\b"
);

/// Words of prose that a record has at least.
const ENOUGH_WORDS: usize = 40;

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let mut dated: Vec<(Date, Sighting)> = Vec::new();
    for document in facts.documents().all() {
        if !is_about(document, question) {
            continue;
        }
        let Some((date, span)) = date(document) else { continue };
        let place = Place::at(document.path.clone(), span);
        let sighting = |message: String| Sighting::new(place.clone(), Strength::Demonstrated, message);
        match flaw(document, question) {
            Some(why) => {
                let message = format!("\"{}\" of {date} does not count: {why}", document.title());
                answer.notes.push(sighting(message));
            }
            None => dated.push((date, sighting(format!("\"{}\" of {date}", document.title())))),
        }
    }
    dated.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.place.cmp(&b.1.place)));
    let cadences = question.option_texts("cadence");
    let most = cadences.iter().find_map(|word| Cadence::of(word)).map(|cadence| cadence.max_age().amount);
    for (date, sighting) in dated {
        let age = age(facts, date);
        if age < -86_400.0 {
            answer.notes.push(Sighting { message: format!("{}, which is yet to come", sighting.message), ..sighting });
        } else if most.is_some_and(|most| age > most) {
            let message = format!("{} has expired", sighting.message);
            answer.expired.push(Sighting { message, ..sighting });
        } else if question.is_set("age") {
            answer.seen.push(sighting.with(Observed::Quantity(Quantity::seconds(age.max(0.0)))));
        } else {
            answer.seen.push(sighting);
        }
    }
    answer
}

/// A record is about a topic when its title or its path says so in whole words.
fn is_about(document: &Document, question: &Question) -> bool {
    let may_speak = matches!(document.standing, Standing::Project | Standing::Code);
    let path = document.path.replace(['-', '_', '/', '.'], " ").to_lowercase();
    let title = document.title().to_lowercase().replace('-', " ");
    may_speak
        && question.words_from(0).any(|word| {
            let wanted = word.text.to_lowercase().replace('-', " ");
            let says = |text: &str| {
                let mut found = text.match_indices(&wanted);
                found.any(|(at, _)| {
                    let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
                    let after = text[at + wanted.len()..].trim_start_matches('s');
                    before && after.chars().next().is_none_or(|c| !c.is_alphabetic())
                })
            };
            !wanted.is_empty() && (says(&title) || says(&path))
        })
}

/// What keeps a document from being a record.
fn flaw(document: &Document, question: &Question) -> Option<String> {
    let words: usize = document.sections.iter().map(|section| section.words).sum();
    if words < ENOUGH_WORDS {
        return Some(format!("{words} words"));
    }
    if let Some(&hole) = document.sections.iter().flat_map(|section| &section.placeholders).next() {
        return Some(format!("placeholder at line {}", document.line(hole)));
    }
    let has = |pattern: &Regex| {
        document.sections.iter().any(|section| {
            pattern.is_match(&section.title) || section.blocks.iter().any(|block| pattern.is_match(&block.text))
        })
    };
    let asked = question.option_text("parts");
    match asked.and_then(|text| Some((text, compile(text).ok()?))) {
        Some((text, pattern)) if !has(&pattern) => Some(format!("nothing in it says {text}")),
        _ if !has(&OUTCOME) => Some("it says neither what was found nor what is to be done".into()),
        _ => None,
    }
}

/// The date of a record: in its file's name, or in its first lines.
fn date(document: &Document) -> Option<(Date, Span)> {
    let text = document.source.text();
    let first_line = Span::new(0, text.find('\n').unwrap_or(text.len()));
    let name = document.path.rsplit('/').next().unwrap_or(&document.path).replace('_', "-");
    if let Some(date) = DATE.captures(&name).and_then(|found| numbers(&found)) {
        return Some((date, first_line));
    }
    let mut start = 0;
    for line in text.split_inclusive('\n').take(15) {
        let span = Span::new(start, start + line.trim_end().len());
        start += line.len();
        let date = DATE.captures(line).and_then(|found| numbers(&found));
        if let Some(date) = date.or_else(|| SAID.captures(line).and_then(|found| said(&found))) {
            return Some((date, span));
        }
    }
    None
}

fn numbers(found: &crate::pattern::Captures<'_>) -> Option<Date> {
    Date::new(found[1].parse().ok()?, found[2].parse().ok()?, found[3].parse().ok()?).ok()
}

fn said(found: &crate::pattern::Captures<'_>) -> Option<Date> {
    const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = MONTHS.iter().position(|month| found[2].eq_ignore_ascii_case(month))? as i8 + 1;
    let day = found.get(1).or_else(|| found.get(3))?.as_str().parse().ok()?;
    Date::new(found[4].parse().ok()?, month, day).ok()
}

/// Seconds from the date's midnight to now.
fn age(facts: &Facts<'_>, date: Date) -> f64 {
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp());
    midnight.map_or(f64::INFINITY, |then| (facts.now.as_second() - then.as_second()) as f64)
}
