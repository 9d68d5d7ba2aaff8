//! Tests that CI fetches from another repository: which of them there are cannot be read here.

use super::super::path;
use super::{Call, Walk};
use crate::evidence::Place;

/// The program that such tests are listed as, never as what surely runs; the lists of tests in the rules name it.
const PROGRAM: &str = "tests-of-another-repository";

/// Whether a script is named for tests: `run-api-tests.sh`.
pub(super) fn tests_by_name(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    name.split(|letter: char| !letter.is_alphanumeric()).any(|word| {
        ["test", "tests", "e2e", "integration", "newman", "postman", "conformance", "acceptance"].contains(&word)
    })
}

impl Walk<'_> {
    /// Whether `newman run` is given a collection by its address, or one that the tree does not hold.
    pub(super) fn is_foreign_collection(&self, words: &[String], dir: &str) -> bool {
        let [program, verb, rest @ ..] = words else { return false };
        if program != "newman" || verb != "run" {
            return false;
        }
        let Some(collection) = rest.iter().find(|word| !word.starts_with('-')) else { return false };
        let here = || [path::join(dir, collection), path::join("", collection)];
        collection.contains("://") || here().iter().all(|path| self.facts.tree.file(path).is_none())
    }

    /// Whether a job checks out another repository or clones one.
    pub(super) fn brings_another_tree(&self, job: usize) -> bool {
        let checks_out = self.ci.actions.iter().filter(|action| action.step.job == job).any(|action| {
            let other = action.with.get("repository").is_some_and(|name| !name.contains("github.repository"));
            action.name == "actions/checkout" && other
        });
        let clones = |words: &[String]| {
            matches!(words.first().map(String::as_str), Some("git" | "gh")) && words.iter().any(|word| word == "clone")
        };
        checks_out || self.ci.commands.iter().any(|command| command.step.job == job && clones(&command.words))
    }

    /// Lists tests whose text is elsewhere.
    pub(super) fn foreign_tests(&mut self, words: &[String], place: &Place, call: &Call) {
        let words: Vec<String> = std::iter::once(PROGRAM.to_owned()).chain(words.iter().cloned()).collect();
        let call = Call { sure: false, ..call.clone() };
        self.list(&words, place, &call);
    }
}
