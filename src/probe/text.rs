//! `@text`: what the bytes of some files say, comments left out where their kind is known.

use super::file::Globs;
use super::{Probe, Question, Word};
use crate::evidence::{Answer, Blind, Place, Sighting, Strength};
use crate::facts::Facts;
use crate::facts::code::{is_of_a_suite, observe, without_comments};
use crate::facts::containers::is_in_image_aside;
use crate::facts::history::Freshness;
use crate::facts::production::{Stage, stage_of_path};
use crate::pattern::{Match, PatternSet, Regex};
use crate::source::{Source, Span};
use crate::tree::path::{upwards, within};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A pattern that matches oftener in one file says nothing more.
const MOST: usize = 20;

/// `@text(glob, regex…)`.
pub static PROBE: Probe = Probe {
    name: "text",
    summary: "Matches of a pattern in the text of matching files, without comments unless `comments` asks for them; yields the group `value`; \
              `production` drops those of files whose path says that they are for development; \
              `named` keeps those that bear the project's whole name; \
              `fresh` drops those of files that are older than the source, and shows one of each file; \
              `in_every` drops them where a program with a file of that glob has none, programs told apart by the folder before `src/`",
    usage: "@text(glob, regex…) {unit, comments, production, named, fresh, in_every: glob}",
    arity: (2, usize::MAX),
    patterns_from: Some(1),
    facts: &[],
    options: &["unit", "comments", "production", "named", "fresh", "in_every"],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let globs = Globs::of(question.arg(0).iter());
    let wanted = Wanted::of(facts, question);
    for (index, file) in globs.files(facts) {
        let is_of_tests = || facts.test_data().holds(facts, &file.path).then_some("only tests read it");
        let is_unused =
            || is_unused(facts, &file.path).then_some("no template of its chart that makes anything takes it");
        let path = facts.own_name().cleared(&file.path);
        let is_never = || {
            question.is_set("production")
                && (matches!(stage_of_path(&path), Stage::Never(_))
                    || is_of_a_suite(&path)
                    || facts.manifests().is_test_support(&path))
        };
        let of_development = || is_never().then_some("not for production, by its path");
        let of_another = || {
            let is_of_another = question.is_set("production") && is_in_image_aside(facts, &file.path);
            is_of_another.then_some("part of an image that production does not run")
        };
        let of_development = || of_development().or_else(of_another);
        let age = || question.is_set("fresh").then(|| age(facts, &file.path)).flatten();
        let aside = || {
            let plain = globs.aside(&path).or_else(is_of_tests).or_else(of_development).or_else(is_unused);
            plain.map(str::to_owned).or_else(age)
        };
        let Some(source) = file.text() else {
            if !is_picture_or_archive(file.name()) && aside().is_none() {
                let why = file.no_text().unwrap_or_default();
                answer.blind.push(Blind { place: Some(Place::file(file.path.clone())), why });
            }
            continue;
        };
        let scans = wanted.in_file(facts, index, source.text());
        if scans.is_empty() {
            continue;
        }
        let text = if question.is_set("comments") {
            Cow::Borrowed(source.text())
        } else {
            without_comments(&file.path, source.text())
        };
        let is_wanted = |found: &str| !question.is_set("named") || facts.own_name().is_site(found);
        let most = if question.is_set("fresh") { 1 } else { MOST };
        let found = scans.iter().flat_map(|scan| scan.find_all(&text).take(most));
        for (found, value) in found.filter(|(found, _)| is_wanted(found.as_str())) {
            let sighting = sighting(source, &text, found, value, question.option_text("unit"));
            match aside() {
                None => answer.seen.push(sighting),
                Some(why) => {
                    let message = format!("{} ({why})", sighting.message);
                    answer.notes.push(Sighting { message, ..sighting });
                }
            }
        }
    }
    if let Some(glob) = question.option_text("in_every") {
        of_all_programs(facts, glob, &mut answer);
    }
    answer
}

/// Why what a file reports may be about another source than that of now.
fn age(facts: &Facts<'_>, path: &str) -> Option<String> {
    match facts.history().freshness(facts, path) {
        Freshness::Fresh => None,
        Freshness::Stale(why) => Some(format!("stale: {why}")),
        Freshness::Unknown(why) => Some(format!("its age is unknown: {why}")),
    }
}

/// Whether a file holds a picture, a typeface, a sound or packed files, by its name: bytes that say nothing.
fn is_picture_or_archive(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "icns", "woff", "woff2", "ttf", "otf", "eot", "mp3",
        "mp4", "ogg", "wav", "webm", "mov", "pdf", "zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "jar",
    ];
    name.rsplit_once('.').is_some_and(|(_, end)| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

/// Whether a file belongs to a chart whose templates would take it, if their values did not leave them empty.
fn is_unused(facts: &Facts<'_>, path: &str) -> bool {
    let is_of_a_chart = || upwards(path).any(|folder| facts.tree.file(&within(folder, "Chart.yaml")).is_some());
    is_of_a_chart() && facts.kubernetes().unused_files.contains(path)
}

/// What only some of several programs say says nothing of the others.
fn of_all_programs(facts: &Facts<'_>, glob: &str, answer: &mut Answer) {
    let globs = Globs::of(std::iter::once(&Word { text: glob.into(), ..Word::default() }));
    let program = |path: &str| path.find("src/").map_or(String::new(), |at| path[..at].to_owned());
    let files = globs.files(facts).filter(|(_, file)| globs.aside(&file.path).is_none());
    let all: BTreeSet<String> = files.map(|(_, file)| program(&file.path)).collect();
    let saying: BTreeSet<String> = answer.seen.iter().map(|sighting| program(&sighting.place.path)).collect();
    if all.len() > 1 && !all.is_subset(&saying) {
        let of = format!("; of {} of {} programs", all.intersection(&saying).count(), all.len());
        let some = answer.seen.drain(..).take(MOST);
        answer.notes.extend(some.map(|one| Sighting { message: format!("{}{of}", one.message), ..one }));
    }
}

/// The patterns of one question: those that were gathered, or its own where nobody gathered them.
struct Wanted<'f> {
    gathered: Option<&'f PatternSet>,
    own: PatternSet,
    positions: Vec<usize>,
}

impl<'f> Wanted<'f> {
    fn of(facts: &'f Facts<'_>, question: &Question) -> Self {
        let words: Vec<&str> = question.words_from(1).map(|word| &*word.text).collect();
        let gathered = &facts.patterns.text;
        let positions = words.iter().map(|word| gathered.position(word)).collect::<Option<Vec<_>>>();
        if let Some(positions) = positions {
            return Self { gathered: Some(gathered), own: PatternSet::default(), positions };
        }
        let own = PatternSet::new(words);
        Self { gathered: None, positions: (0..own.len()).collect(), own }
    }

    /// The patterns that may match in a file, in the order of the question.
    fn in_file(&self, facts: &Facts<'_>, file: usize, text: &str) -> Vec<&Regex> {
        let (set, positions) = match self.gathered {
            Some(gathered) => (gathered, facts.texts().candidates(gathered, file, text, &self.positions)),
            None => (&self.own, self.own.candidates(text)),
        };
        positions.into_iter().filter_map(|position| set.get(position)?.scan()).collect()
    }
}

fn sighting(source: &Source, text: &str, found: Match<'_>, value: Option<Match<'_>>, unit: Option<&str>) -> Sighting {
    let whole = without_lead(text, Span::new(found.start(), found.end()));
    let sighting = Sighting::new(Place::at(source.name(), whole), Strength::Configured, line_of(source, whole.start));
    match value {
        None => sighting,
        Some(value) => {
            let span = Span::new(value.start(), value.end());
            let place = Place::at(source.name(), span);
            Sighting { place, message: line_of(source, span.start), ..sighting }.with(observe(
                text,
                value.as_str(),
                unit,
            ))
        }
    }
}

/// A match without the blank lines and the indentation before it.
pub(super) fn without_lead(text: &str, span: Span) -> Span {
    let matched = text.get(span.range()).unwrap_or_default();
    let lead = matched.len() - matched.trim_start().len();
    if lead == matched.len() { span } else { Span::new(span.start as usize + lead, span.end as usize) }
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
