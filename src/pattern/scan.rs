//! Patterns for bytes that are ASCII by nature: source code, settings, keys.

use super::{SIZE_LIMIT, ascii};
use regex_automata::meta::{BuildError, Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::{primitives::PatternID, syntax};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A regular expression in which every letter outside ASCII is just some bytes.
///
/// A gap such as `[^;]{0,400}` then takes one state a step instead of ten, which is most of what compiling costs. What
/// is found still begins and ends between letters.
#[derive(Debug)]
pub struct Scan {
    regex: Regex,
    /// What takes over once much text was searched, with what it is made from.
    thorough: Option<Thorough>,
    /// Whether the pattern captures a group `value`.
    has_value: bool,
}

/// A regular expression that jumps from literal to literal.
///
/// To find the literals of a pattern in any case (`(?i)`) costs three times what the rest of compiling does, and most
/// such patterns meet a few short texts.
#[derive(Debug)]
struct Thorough {
    pattern: String,
    lines: bool,
    searched: AtomicUsize,
    regex: OnceLock<Regex>,
}

/// So many bytes take longer to search without literals than these take to be found.
const MUCH: usize = 1 << 16;

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
    captures: Captures,
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
    pub fn new(pattern: &str, lines: bool) -> Result<Self, Box<BuildError>> {
        let is_of_any_case = pattern.contains("(?i");
        let regex = build(pattern, lines, !is_of_any_case)?;
        let has_value = regex.group_info().to_index(PatternID::ZERO, "value").is_some();
        let thorough = is_of_any_case.then(|| Thorough {
            pattern: pattern.to_owned(),
            lines,
            searched: AtomicUsize::new(0),
            regex: OnceLock::new(),
        });
        Ok(Self { regex, thorough, has_value })
    }

    /// What to search a text with; whichever it is, it finds the same.
    fn engine(&self, text: &str) -> &Regex {
        let often = |thorough: &&Thorough| thorough.searched.fetch_add(text.len(), Ordering::Relaxed) >= MUCH;
        let Some(thorough) = self.thorough.as_ref().filter(often) else { return &self.regex };
        let regex = || build(&thorough.pattern, thorough.lines, true).unwrap_or_else(|_| self.regex.clone());
        thorough.regex.get_or_init(regex)
    }

    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.engine(text).is_match(text)
    }

    /// The first match.
    pub fn find<'t>(&self, text: &'t str) -> Option<Found<'t>> {
        self.engine(text).find(text).map(|found| Found::new(text, found.start(), found.end()))
    }

    /// The first match with its groups.
    pub fn groups<'t>(&self, text: &'t str) -> Option<Groups<'t>> {
        let engine = self.engine(text);
        let mut captures = engine.create_captures();
        engine.captures(text, &mut captures);
        captures.is_match().then_some(Groups { text, captures })
    }

    /// Every match with its groups.
    pub fn all_groups<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Groups<'t>> + 't {
        self.engine(text).captures_iter(text).map(move |captures| Groups { text, captures })
    }

    /// Every match, with the group `value` where it took part.
    pub fn find_all<'t>(&'t self, text: &'t str) -> Box<dyn Iterator<Item = (Found<'t>, Option<Found<'t>>)> + 't> {
        if !self.has_value {
            let found = self.engine(text).find_iter(text);
            return Box::new(found.map(|found| (Found::new(text, found.start(), found.end()), None)));
        }
        Box::new(self.all_groups(text).map(|groups| (groups.whole(), groups.name("value"))))
    }
}

/// Compiles a pattern, with a search for its literals or without.
fn build(pattern: &str, lines: bool, literals: bool) -> Result<Regex, Box<BuildError>> {
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT)).auto_prefilter(literals);
    let build = |pattern: &str, unicode| {
        let syntax = syntax::Config::new().unicode(unicode).utf8(false).multi_line(lines);
        Regex::builder().configure(config.clone()).syntax(syntax).build(pattern).map_err(Box::new)
    };
    // A class may name letters outside ASCII only where they are letters.
    build(pattern, false).or_else(|_| build(&ascii(pattern), true))
}

impl<'t> Groups<'t> {
    /// The whole match.
    pub fn whole(&self) -> Found<'t> {
        self.captures
            .get_match()
            .map_or(Found::new(self.text, 0, 0), |found| Found::new(self.text, found.start(), found.end()))
    }

    /// A group by its name.
    pub fn name(&self, name: &str) -> Option<Found<'t>> {
        self.captures.get_group_by_name(name).map(|found| Found::new(self.text, found.start, found.end))
    }
}

impl<'t> Found<'t> {
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
