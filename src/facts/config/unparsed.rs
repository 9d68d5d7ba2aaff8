//! Settings files that could not be read, as templates are, and what such a text may set all the same.

use super::{Config, Key, squashed};
use crate::evidence::Blind;
use crate::pattern::pattern;

// An entry that the template makes up, or a whole part that it brings in.
pattern!(BRINGS_IN, r"(?i)(?:\bto_?(?:yaml|json)\b|\{%[-~]?\s*include\b|^\s*<<\s*:)");
pattern!(MAKES_UP, r"(?m)^[ \t]*(?:-[ \t]+)?(?:<%-?=|\{\{[-~]?[ \t]*(?<value>[^\s}]*))");

/// What a template decides or says without putting anything there.
const CONTROLS: &[&str] = &["if", "else", "end", "with", "define", "block", "#if", "/if", "#unless", "/unless"];

/// A settings file that could not be read.
#[derive(Debug)]
pub struct Unparsed {
    blind: Blind,
    /// Its words, as those of a key.
    words: Vec<String>,
    /// Its letters and digits without what separates them.
    letters: String,
    /// Whether it takes keys from elsewhere.
    is_open: bool,
}

impl Unparsed {
    /// A file with its text, and why it could not be read.
    pub(super) fn new(blind: Blind, text: &str) -> Self {
        let is_control = |word: &str| word.starts_with("/*") || CONTROLS.contains(&word);
        let makes_up = MAKES_UP.find_all(text).any(|(_, word)| word.is_none_or(|word| !is_control(word.as_str())));
        let is_open = makes_up || BRINGS_IN.is_match(text);
        Self { blind, words: Key::of(text).words().to_vec(), letters: squashed(text), is_open }
    }

    /// Whether it may set something of this name: all words of the name are in it.
    pub fn may_hold(&self, key: &str) -> bool {
        Key::of(key).words().iter().all(|word| self.letters.contains(word.as_str()))
    }

    /// Whether one of these words is in it.
    pub fn has_word(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
}

impl Config {
    /// The settings files that could not be read.
    pub fn unparsed(&self) -> impl Iterator<Item = &Blind> {
        self.unparsed.iter().map(|file| &file.blind)
    }

    /// What could not be looked at and may hold what is asked for.
    pub fn blind(&self, may_hold: impl Fn(&Unparsed) -> bool) -> Vec<Blind> {
        let unparsed = self.unparsed.iter().filter(|file| file.is_open || may_hold(file)).map(|file| &file.blind);
        self.blind.iter().chain(unparsed).cloned().collect()
    }
}
