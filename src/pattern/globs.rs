//! Globs over paths: `*` stops at `/`, letters match in either case.

use std::borrow::Cow;
use std::collections::BTreeMap;

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

/// The paths of a tree by what their names end with, so that a glob is asked of the few that it may match.
#[derive(Debug, Default)]
pub struct Paths {
    lowered: Vec<String>,
    by_extension: BTreeMap<String, Vec<usize>>,
}

impl Paths {
    /// These paths.
    pub fn new<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        let lowered: Vec<String> = paths.map(|path| lowered(path).into_owned()).collect();
        let mut by_extension: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (position, path) in lowered.iter().enumerate() {
            if let Some(extension) = extension(path) {
                by_extension.entry(extension.to_owned()).or_default().push(position);
            }
        }
        Self { lowered, by_extension }
    }
}

/// What stands behind the last dot of a name.
fn extension(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, extension)| extension).filter(|extension| !extension.contains('/'))
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

    /// The positions of the paths that one of them matches, in order.
    pub fn matching(&self, paths: &Paths) -> Vec<usize> {
        let mut found = Vec::new();
        for glob in &self.globs {
            let is_match = |position: &usize| {
                let path = &*paths.lowered[*position];
                glob.ends.iter().any(|end| path.ends_with(end.as_str())) && fast_glob::glob_match(&glob.glob, path)
            };
            match glob.ends.iter().map(|end| extension(end)).collect::<Option<Vec<_>>>() {
                Some(extensions) => {
                    let few = extensions.iter().filter_map(|extension| paths.by_extension.get(*extension));
                    found.extend(few.flatten().copied().filter(is_match));
                }
                None => found.extend((0..paths.lowered.len()).filter(is_match)),
            }
        }
        found.sort_unstable();
        found.dedup();
        found
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
