//! Patterns that are compiled when the first text is held against them: most trees have nothing to hold.

use super::Regex;
use std::sync::OnceLock;

/// A pattern that is compiled on first use; one that does not compile matches nothing.
#[derive(Debug, Default)]
pub struct Lazy {
    text: String,
    lines: bool,
    scan: OnceLock<Option<Regex>>,
}

/// Patterns any of which will do.
#[derive(Debug)]
pub struct AnyOf(Vec<Lazy>);

impl Lazy {
    /// Of this pattern; `^` and `$` are those of the text.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), lines: false, scan: OnceLock::new() }
    }

    /// Of this pattern; `^` and `$` are those of a line.
    pub fn of_lines(text: &str) -> Self {
        Self { lines: true, ..Self::new(text) }
    }

    /// The pattern, as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The regular expression.
    pub fn scan(&self) -> Option<&Regex> {
        self.scan.get_or_init(|| Regex::new(&self.text, self.lines).ok()).as_ref()
    }

    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.scan().is_some_and(|scan| scan.is_match(text))
    }
}

impl AnyOf {
    /// Of these patterns.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self(texts.into_iter().map(Lazy::new).collect())
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of them matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.iter().any(|pattern| pattern.is_match(text))
    }
}
