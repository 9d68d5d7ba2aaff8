//! Globs over paths: `*` stops at `/`, letters match in either case.

use std::borrow::Cow;

/// Some globs. Nothing is compiled: a rule has few, and most paths do not even end as they do.
///
/// Globs and paths are both lowered.
#[derive(Debug, Default)]
pub struct Globs {
    globs: Vec<Lowered>,
}

#[derive(Debug)]
struct Lowered {
    glob: String,
    /// How a path that matches must end.
    ends: Vec<String>,
}

impl Globs {
    /// These globs.
    pub fn new(words: Vec<String>) -> Self {
        let lower = |word: String| {
            let glob = lowered(&word).into_owned();
            Lowered { ends: ends(&glob), glob }
        };
        Self { globs: words.into_iter().map(lower).collect() }
    }

    /// Whether one of them matches a path.
    pub fn is_match(&self, path: &str) -> bool {
        let path = lowered(path);
        let may_match = |glob: &&Lowered| glob.ends.iter().any(|end| path.ends_with(end.as_str()));
        self.globs.iter().filter(may_match).any(|glob| fast_glob::glob_match(&glob.glob, &*path))
    }

    /// The globs that are none.
    pub fn broken(&self) -> impl Iterator<Item = &str> {
        let globs = self.globs.iter().map(|glob| glob.glob.as_str());
        globs.filter(|glob| globset::GlobBuilder::new(glob).empty_alternates(true).build().is_err())
    }
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
