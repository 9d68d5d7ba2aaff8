//! Patterns of topics.

use crate::pattern::{Regex, compile};
use crate::value::Value;
use std::sync::OnceLock;

/// A regular expression that is compiled when it is first needed: most trees have no document on most topics.
#[derive(Debug, Default)]
pub struct Pattern {
    pub(super) text: String,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), regex: OnceLock::new() }
    }

    pub(super) fn read(value: &Value) -> Result<Self, String> {
        Ok(Self::new(value.as_str().ok_or("is no text")?))
    }

    pub(super) fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| compile(&self.text).ok()).as_ref()
    }

    /// Whether it is found in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}
