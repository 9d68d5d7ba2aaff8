//! Globs over paths: `*` stops at `/`, letters match in either case.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use std::borrow::Cow;
use std::sync::OnceLock;

/// Some globs, compiled on first use; one that is broken matches nothing.
///
/// Globs and paths are both lowered: `globset` looks plain names up in a table, but takes a regular expression for each
/// glob that ignores case.
#[derive(Debug, Default)]
pub struct Globs {
    words: Vec<String>,
    set: OnceLock<GlobSet>,
}

impl Globs {
    /// These globs.
    pub fn new(words: Vec<String>) -> Self {
        Self { words, set: OnceLock::new() }
    }

    /// Whether one of them matches a path.
    pub fn is_match(&self, path: &str) -> bool {
        !self.words.is_empty() && self.set.get_or_init(|| self.build()).is_match(&*lowered(path))
    }

    /// The globs that are none.
    pub fn broken(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| read(word).is_err())
    }

    fn build(&self) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        self.words.iter().filter_map(|word| read(word).ok()).for_each(|glob| _ = set.add(glob));
        set.build().unwrap_or_default()
    }
}

fn read(word: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(&lowered(word)).literal_separator(true).empty_alternates(true).build()
}

fn lowered(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}
