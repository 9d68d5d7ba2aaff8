//! The patterns that rules look for in source code, gathered before anything is read.

use super::literals;
use crate::pattern::compile_lines;
use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Patterns to look for in one pass; the regular expressions are compiled when a file may hold a match.
#[derive(Debug, Default)]
pub struct PatternSet {
    patterns: Vec<Pattern>,
    index: BTreeMap<String, usize>,
    anchors: OnceLock<Anchors>,
}

/// One pattern.
#[derive(Debug)]
pub struct Pattern {
    /// As written.
    pub text: String,
    regex: OnceLock<Option<Regex>>,
}

/// The literals of all patterns in one automaton.
#[derive(Debug)]
struct Anchors {
    automaton: Option<AhoCorasick>,
    /// Literal → the patterns that it may begin.
    owners: Vec<Vec<usize>>,
    /// Patterns without a literal: tried on every file.
    always: Vec<usize>,
}

impl PatternSet {
    /// A set of these patterns, each once.
    pub fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        let mut set = Self::default();
        for text in patterns {
            let next = set.patterns.len();
            if *set.index.entry(text.clone()).or_insert(next) == next {
                set.patterns.push(Pattern { text, regex: OnceLock::new() });
            }
        }
        set
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The position of a pattern.
    pub fn position(&self, pattern: &str) -> Option<usize> {
        self.index.get(pattern).copied()
    }

    /// The pattern at a position.
    pub fn get(&self, position: usize) -> Option<&Pattern> {
        self.patterns.get(position)
    }

    /// The patterns that may match in a text, by their literals, in order.
    pub fn candidates(&self, text: &str) -> Vec<usize> {
        let anchors = self.anchors.get_or_init(|| Anchors::of(&self.patterns));
        let mut found = vec![false; self.patterns.len()];
        for &pattern in &anchors.always {
            found[pattern] = true;
        }
        if let Some(automaton) = &anchors.automaton {
            let mut seen = vec![false; anchors.owners.len()];
            for hit in automaton.find_overlapping_iter(text) {
                let literal = hit.pattern().as_usize();
                if !std::mem::replace(&mut seen[literal], true) {
                    for &pattern in &anchors.owners[literal] {
                        found[pattern] = true;
                    }
                }
            }
        }
        found.iter().enumerate().filter_map(|(pattern, &is_found)| is_found.then_some(pattern)).collect()
    }
}

impl Pattern {
    /// The regular expression; `None` if it does not compile.
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| compile_lines(&self.text).ok()).as_ref()
    }
}

impl Anchors {
    fn of(patterns: &[Pattern]) -> Self {
        let mut literals: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (position, pattern) in patterns.iter().enumerate() {
            match literals::required(&pattern.text) {
                None => always.push(position),
                Some(words) => {
                    for word in words {
                        literals.entry(word).or_default().push(position);
                    }
                }
            }
        }
        let automaton = (!literals.is_empty())
            .then(|| {
                AhoCorasick::builder()
                    .ascii_case_insensitive(true)
                    .match_kind(MatchKind::Standard)
                    .build(literals.keys())
                    .ok()
            })
            .flatten();
        if automaton.is_none() {
            always = (0..patterns.len()).collect();
        }
        Self { automaton, owners: literals.into_values().collect(), always }
    }
}
