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
    /// How a path that matches must end: most trees have no such path, and then nothing is compiled.
    ends: Vec<String>,
    set: OnceLock<GlobSet>,
}

impl Globs {
    /// These globs.
    pub fn new(words: Vec<String>) -> Self {
        let ends = words.iter().flat_map(|word| ends(&lowered(word))).collect();
        Self { words, ends, set: OnceLock::new() }
    }

    /// Whether one of them matches a path.
    pub fn is_match(&self, path: &str) -> bool {
        let path = lowered(path);
        let may_match = self.ends.iter().any(|end| path.ends_with(end.as_str()));
        may_match && self.set.get_or_init(|| self.build()).is_match(&*path)
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

/// The endings of what a glob matches, by what stands behind its last sign; with `{` and `}` last, of each alternative.
fn ends(glob: &str) -> Vec<String> {
    let tail = |text: &str| {
        let last = text.rsplit(['*', '?', '[', ']', '{', '}', '!', '\\']).next().unwrap_or_default();
        // `**/` may stand for nothing at all.
        last.trim_start_matches('/').to_owned()
    };
    let alternatives = glob.strip_suffix('}').and_then(|open| open.rsplit_once('{'));
    match alternatives {
        Some((_, inner)) if !inner.contains(['}', '\\']) => inner.split(',').map(tail).collect(),
        _ => vec![tail(glob)],
    }
}

fn lowered(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}
