//! Patterns for bytes that are ASCII by nature: source code, settings, keys.

use super::{SIZE_LIMIT, ascii};
use regex::bytes::{Captures, Regex, RegexBuilder};

/// A regular expression in which every letter outside ASCII is just some bytes.
///
/// A gap such as `[^;]{0,400}` then takes one state a step instead of ten, which is most of what compiling costs. What
/// is found still begins and ends between letters.
#[derive(Clone, Debug)]
pub struct Scan {
    regex: Regex,
    /// Whether the pattern captures a group `value`.
    has_value: bool,
}

/// Part of a text that a pattern matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'t> {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What stands there.
    pub text: &'t str,
}

/// A match with its groups.
#[derive(Debug)]
pub struct Groups<'t> {
    text: &'t str,
    captures: Captures<'t>,
}

impl Scan {
    /// Compiles a pattern of this program.
    ///
    /// # Panics
    ///
    /// When the pattern is broken, which the tests would have found.
    pub fn constant(pattern: &str) -> Self {
        Self::new(pattern, false).expect("a constant pattern")
    }

    /// Compiles a pattern; `^` and `$` are those of a line when `lines` says so.
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn new(pattern: &str, lines: bool) -> Result<Self, regex::Error> {
        let build = |pattern: &str, unicode| {
            RegexBuilder::new(pattern).unicode(unicode).multi_line(lines).size_limit(SIZE_LIMIT).build()
        };
        // A class may name letters outside ASCII only where they are letters.
        let regex = build(pattern, false).or_else(|_| build(&ascii(pattern), true))?;
        let has_value = regex.capture_names().flatten().any(|name| name == "value");
        Ok(Self { regex, has_value })
    }

    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text.as_bytes())
    }

    /// The first match.
    pub fn find<'t>(&self, text: &'t str) -> Option<Found<'t>> {
        self.regex.find(text.as_bytes()).map(|found| Found::new(text, found.start(), found.end()))
    }

    /// The first match with its groups.
    pub fn groups<'t>(&self, text: &'t str) -> Option<Groups<'t>> {
        self.regex.captures(text.as_bytes()).map(|captures| Groups { text, captures })
    }

    /// Every match with its groups.
    pub fn all_groups<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Groups<'t>> + 't {
        self.regex.captures_iter(text.as_bytes()).map(move |captures| Groups { text, captures })
    }

    /// Every match, with the group `value` where it took part.
    pub fn find_all<'t>(&'t self, text: &'t str) -> Box<dyn Iterator<Item = (Found<'t>, Option<Found<'t>>)> + 't> {
        if !self.has_value {
            let found = self.regex.find_iter(text.as_bytes());
            return Box::new(found.map(|found| (Found::new(text, found.start(), found.end()), None)));
        }
        Box::new(self.all_groups(text).map(|groups| (groups.whole(), groups.name("value"))))
    }
}

impl<'t> Groups<'t> {
    /// The whole match.
    pub fn whole(&self) -> Found<'t> {
        self.captures.get(0).map_or(Found::new(self.text, 0, 0), |found| Found::of(self.text, &found))
    }

    /// A group by its name.
    pub fn name(&self, name: &str) -> Option<Found<'t>> {
        self.captures.name(name).map(|found| Found::of(self.text, &found))
    }
}

impl<'t> Found<'t> {
    fn of(text: &'t str, found: &regex::bytes::Match<'_>) -> Self {
        Self::new(text, found.start(), found.end())
    }

    /// Widened to whole letters.
    fn new(text: &'t str, start: usize, end: usize) -> Self {
        let (mut start, mut end) = (start.min(text.len()), end.min(text.len()));
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Self { start, end, text: text.get(start..end).unwrap_or_default() }
    }
}
