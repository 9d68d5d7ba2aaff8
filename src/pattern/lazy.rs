//! Patterns of one question, compiled when the first text is held against them: most trees have nothing to hold.

use super::Regex;
use std::sync::OnceLock;

/// Patterns any of which will do.
#[derive(Debug)]
pub struct AnyOf {
    texts: Vec<String>,
    scans: OnceLock<Vec<Regex>>,
}

impl AnyOf {
    /// Of these patterns.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self { texts: texts.into_iter().map(str::to_owned).collect(), scans: OnceLock::new() }
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether any of them matches.
    pub fn is_match(&self, text: &str) -> bool {
        let build = || self.texts.iter().filter_map(|text| Regex::new(text, false).ok()).collect();
        self.scans.get_or_init(build).iter().any(|scan| scan.is_match(text))
    }
}
