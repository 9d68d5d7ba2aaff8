//! `@file`: which files are there.

use super::{Probe, Question, Word};
use crate::evidence::{Answer, Place, Sighting, Strength};
use crate::facts::secrets::is_key_of_ci;
use crate::facts::{Facts, production};
use crate::pattern::{self, compile};
use crate::tree::File;

/// More files than this say nothing more.
const MOST: usize = 50;

/// `@file(glob…)`.
pub static PROBE: Probe = Probe {
    name: "file",
    summary: "Files of the tree whose path matches; empty ones, and fixtures or examples that nobody asked for, count for nothing",
    usage: "@file(glob…)",
    arity: (1, usize::MAX),
    patterns_from: None,
    facts: &[],
    options: &[],
    look,
};

fn look(facts: &Facts<'_>, question: &Question) -> Answer {
    let mut answer = Answer::default();
    let globs = Globs::of(question.words_from(0));
    for (_, file) in globs.files(facts) {
        let path = facts.own_name().cleared(&file.path);
        let aside = globs.aside(&path);
        let strength = if is_prose(&file.path) { Strength::Documented } else { Strength::Configured };
        let place = Place::file(file.path.clone());
        // A document in `docs/` is one; only what is shown for others to copy is an example.
        let aside = aside.filter(|_| globs.aside(&without_docs(&path)).is_some());
        let aside = aside.or_else(|| is_empty(file).then_some("empty"));
        match aside {
            Some(why) if answer.notes.len() < MOST => {
                answer.notes.push(Sighting::new(place, strength, format!("{} is {why}", file.path)));
            }
            None if answer.seen.len() < MOST => answer.seen.push(Sighting::new(place, strength, &*file.path)),
            _ => {}
        }
    }
    answer
}

fn without_docs(path: &str) -> String {
    let is_docs = |part: &&str| ["doc", "docs", "documentation"].contains(part);
    path.split('/').filter(|part| !is_docs(part)).collect::<Vec<_>>().join("/")
}

fn is_empty(file: &File) -> bool {
    file.len == 0 || file.text().is_some_and(|source| source.text().trim().is_empty())
}

fn is_prose(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["md", "markdown", "rst", "adoc", "txt", "org"].contains(&extension)
}

/// Globs of one question: `*` stops at `/`, letters match in either case.
pub(super) struct Globs {
    set: pattern::Globs,
    /// The question itself names tests or examples.
    wants_tests: bool,
    wants_examples: bool,
    paths: Vec<crate::pattern::Regex>,
}

impl Globs {
    pub(super) fn of<'q>(words: impl Iterator<Item = &'q Word>) -> Self {
        let mut globs = Vec::new();
        let (mut wants_tests, mut wants_examples) = (false, false);
        let mut paths = Vec::new();
        for word in words {
            if word.is_pattern {
                paths.extend(compile(&word.text));
            } else {
                globs.push(word.text.to_string());
            }
            let literal = word.text.replace(['*', '?', '[', ']', '{', '}', ',', '^', '$', '(', ')', '|'], "/");
            wants_tests |= production::is_fixture(&literal);
            wants_examples |= production::is_example(&literal);
        }
        Self { set: pattern::Globs::new(globs), wants_tests, wants_examples, paths }
    }

    /// The files whose paths match, with their positions in the tree.
    pub(super) fn files<'t>(&self, facts: &Facts<'t>) -> impl Iterator<Item = (usize, &'t File)> {
        let files = facts.tree.files();
        let mut positions = self.set.matching(facts.paths());
        if !self.paths.is_empty() {
            let named = |file: &File| self.paths.iter().any(|regex| regex.is_match(&file.path));
            positions.extend((0..files.len()).filter(|position| named(&files[*position])));
            positions.sort_unstable();
            positions.dedup();
        }
        positions.into_iter().map(|position| (position, &files[position]))
    }

    /// Whether a path matches.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.set.is_match(path) || self.paths.iter().any(|regex| regex.is_match(path))
    }

    /// Why a file at a path counts for nothing.
    pub(super) fn aside(&self, path: &str) -> Option<&'static str> {
        let is_foreign = path.split('/').any(|part| FOREIGN.contains(&part));
        if is_foreign {
            Some("other people's")
        } else if !self.wants_tests && production::is_fixture(path) {
            Some("part of the tests")
        } else if !self.wants_examples && production::is_example(path) {
            Some("an example or documentation")
        } else if path.split('/').rev().skip(1).any(|part| part == "contrib") {
            Some("a sample that whoever installs the product adapts")
        } else if path.split('/').any(|part| part == ".devcontainer") {
            Some("for a developer's container")
        } else if is_key_of_ci(path) {
            Some("for a run of CI")
        } else if production::local_cluster(path).is_some() {
            Some("for a cluster on one machine")
        } else {
            None
        }
    }
}

/// Folders of other people's code.
const FOREIGN: &[&str] =
    &["vendor", "node_modules", "third_party", "third-party", "bower_components", "site-packages", ".yarn"];
