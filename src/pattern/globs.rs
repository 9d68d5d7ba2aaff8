//! Globs over paths: `*` stops at `/`, letters match in either case.

use memchr::memmem::Finder;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Some globs. Nothing is compiled: a rule has few, and most paths neither begin nor end as they do.
///
/// Globs and paths are both lowered.
#[derive(Debug, Default)]
pub struct Globs {
    /// As they were given.
    globs: Vec<String>,
    /// The same, each alternative in braces a glob of its own.
    plain: Vec<Plain>,
}

/// A glob with what every path begins with, ends with and contains that it matches.
#[derive(Debug)]
struct Plain {
    glob: String,
    start: String,
    end: String,
    middle: Finder<'static>,
}

/// More alternatives than these stay in their braces.
const MOST: usize = 400;
/// What means something else than itself.
const SIGNS: [char; 8] = ['*', '?', '[', ']', '{', '}', '!', '\\'];

impl Plain {
    fn new(glob: String) -> Self {
        let start = glob.split(SIGNS).next().unwrap_or_default().to_owned();
        // `**/` may stand for nothing at all.
        let end = glob.rsplit(SIGNS).next().unwrap_or_default().trim_start_matches('/').to_owned();
        // What stands in a class or in braces is only one of several.
        let runs = if glob.contains(['[', '{', '\\']) { "" } else { &glob };
        let longest = runs.split(SIGNS).map(|run| run.trim_matches('/')).max_by_key(|run| run.len());
        let middle = Finder::new(longest.unwrap_or_default()).into_owned();
        Self { glob, start, end, middle }
    }

    fn is_match(&self, path: &str) -> bool {
        path.ends_with(&self.end)
            && path.starts_with(&self.start)
            && self.middle.find(path.as_bytes()).is_some()
            && fast_glob::glob_match(&self.glob, path)
    }
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
        let globs: Vec<String> = words.into_iter().map(|word| lowered(&word).into_owned()).collect();
        let plain = globs.iter().flat_map(|glob| alternatives(glob)).map(Plain::new).collect();
        Self { globs, plain }
    }

    /// Whether one of them matches a path.
    pub fn is_match(&self, path: &str) -> bool {
        let path = lowered(path);
        self.plain.iter().any(|glob| glob.is_match(&path))
    }

    /// The positions of the paths that one of them matches, in order.
    pub fn matching(&self, paths: &Paths) -> Vec<usize> {
        let mut found = Vec::new();
        for glob in &self.plain {
            let is_match = |position: &usize| glob.is_match(&paths.lowered[*position]);
            match extension(&glob.end) {
                Some(extension) => {
                    let few = paths.by_extension.get(extension).into_iter().flatten();
                    found.extend(few.copied().filter(is_match));
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
        self.globs
            .iter()
            .map(String::as_str)
            .filter(|glob| globset::GlobBuilder::new(glob).empty_alternates(true).build().is_err())
    }
}

/// A glob for each choice of alternatives in its braces.
fn alternatives(glob: &str) -> Vec<String> {
    // A brace that is escaped or stands in a class is a letter.
    let mut all = vec![glob.to_owned()];
    if glob.contains(['\\', '[']) {
        return all;
    }
    while let Some((at, (before, inner, after))) =
        all.iter().enumerate().find_map(|(at, one)| Some((at, innermost(one)?)))
    {
        let made: Vec<String> = inner.split(',').map(|choice| [before, choice, after].concat()).collect();
        if all.len() + made.len() > MOST {
            return vec![glob.to_owned()];
        }
        all.splice(at..=at, made);
    }
    all
}

/// What stands before, in and behind the first pair of braces that holds no other.
fn innermost(glob: &str) -> Option<(&str, &str, &str)> {
    let close = glob.find('}')?;
    let open = glob[..close].rfind('{')?;
    Some((&glob[..open], &glob[open + 1..close], &glob[close + 1..]))
}

fn lowered(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|letter| letter.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}
