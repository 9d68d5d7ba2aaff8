//! Regular expressions over text that is ASCII by nature: source code, settings, keys, and the words of documents.

use super::{SIZE_LIMIT, ascii};
use regex_automata::Input;
use regex_automata::meta::{BuildError, Config, Regex as Engine};
use regex_automata::util::captures::Captures as Slots;
use regex_automata::util::{primitives::PatternID, syntax};
use std::borrow::Cow;
use std::ops::{Index, Range};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A regular expression in which every letter outside ASCII is just some bytes.
///
/// A gap such as `[^;]{0,400}` then takes one state a step instead of ten, which is most of what compiling costs. What
/// is found still begins and ends between letters. A pattern with a class that names letters outside ASCII is one of
/// Unicode.
#[derive(Debug)]
pub struct Regex {
    engine: Engine,
    /// What takes over once much text was searched, with what it is made from.
    thorough: Option<Thorough>,
    /// Whether the pattern captures a group `value`.
    has_value: bool,
}

/// An engine that jumps from literal to literal.
///
/// To find the literals of a pattern in any case (`(?i)`) costs three times what the rest of compiling does, and most
/// such patterns meet a few short texts.
#[derive(Debug)]
struct Thorough {
    pattern: String,
    lines: bool,
    searched: AtomicUsize,
    engine: OnceLock<Engine>,
}

/// So many bytes take longer to search without literals than these take to be found.
const MUCH: usize = 1 << 18;

/// Part of a text that a pattern matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'t> {
    start: usize,
    end: usize,
    text: &'t str,
}

/// A match with its groups.
#[derive(Debug)]
pub struct Captures<'t> {
    text: &'t str,
    slots: Slots,
}

impl Regex {
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
        let engine = build(pattern, lines, !is_of_any_case)?;
        let has_value = engine.group_info().to_index(PatternID::ZERO, "value").is_some();
        let thorough = is_of_any_case.then(|| Thorough {
            pattern: pattern.to_owned(),
            lines,
            searched: AtomicUsize::new(0),
            engine: OnceLock::new(),
        });
        Ok(Self { engine, thorough, has_value })
    }

    /// What to search a text with; whichever it is, it finds the same.
    fn engine(&self, text: &str) -> &Engine {
        let often = |thorough: &&Thorough| thorough.searched.fetch_add(text.len(), Ordering::Relaxed) >= MUCH;
        let Some(thorough) = self.thorough.as_ref().filter(often) else { return &self.engine };
        let build = || build(&thorough.pattern, thorough.lines, true).unwrap_or_else(|_| self.engine.clone());
        thorough.engine.get_or_init(build)
    }

    /// Whether it matches anywhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.engine(text).is_match(text)
    }

    /// The first match.
    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.engine(text).find(text).map(|found| Match::new(text, found.range()))
    }

    /// Every match.
    pub fn find_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Match<'t>> + 't {
        self.engine(text).find_iter(text).map(|found| Match::new(text, found.range()))
    }

    /// The first match with its groups.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.captures_at(text, 0)
    }

    /// The first match from a place on, with its groups; what stands before it is still looked back at.
    pub fn captures_at<'t>(&self, text: &'t str, start: usize) -> Option<Captures<'t>> {
        let engine = self.engine(text.get(start..)?);
        let mut slots = engine.create_captures();
        engine.captures(Input::new(text).range(start..), &mut slots);
        slots.is_match().then_some(Captures { text, slots })
    }

    /// Every match with its groups.
    pub fn captures_iter<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Captures<'t>> + 't {
        self.engine(text).captures_iter(text).map(move |slots| Captures { text, slots })
    }

    /// Every match, with the group `value` where it took part.
    pub fn find_all<'t>(&'t self, text: &'t str) -> Box<dyn Iterator<Item = (Match<'t>, Option<Match<'t>>)> + 't> {
        if !self.has_value {
            return Box::new(self.find_iter(text).map(|found| (found, None)));
        }
        Box::new(self.captures_iter(text).map(|captures| (captures.whole(), captures.name("value"))))
    }

    /// The text with something else in the place of every match.
    pub fn replace_all<'t>(&self, text: &'t str, mut with: impl FnMut(&Captures<'t>) -> String) -> Cow<'t, str> {
        let mut replaced = String::new();
        let mut end = 0;
        for slots in self.engine(text).captures_iter(text) {
            let captures = Captures { text, slots };
            let whole = captures.whole();
            replaced.push_str(text.get(end..whole.start).unwrap_or_default());
            replaced.push_str(&with(&captures));
            end = whole.end;
        }
        if end == 0 && replaced.is_empty() {
            return Cow::Borrowed(text);
        }
        replaced.push_str(text.get(end..).unwrap_or_default());
        Cow::Owned(replaced)
    }
}

/// Compiles a pattern, with a search for its literals or without.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn build(pattern: &str, lines: bool, literals: bool) -> Result<Engine, Box<BuildError>> {
    let config = Config::new().utf8_empty(false).nfa_size_limit(Some(SIZE_LIMIT)).auto_prefilter(literals);
    let build = |pattern: &str, unicode| {
        let syntax = syntax::Config::new().unicode(unicode).utf8(false).multi_line(lines);
        Engine::builder().configure(config.clone()).syntax(syntax).build(pattern).map_err(Box::new)
    };
    // A class may name letters outside ASCII only where they are letters.
    build(pattern, false).or_else(|_| build(&ascii(pattern), true))
}

impl<'t> Captures<'t> {
    /// The whole match.
    pub fn whole(&self) -> Match<'t> {
        self.get(0).unwrap_or(Match { start: 0, end: 0, text: "" })
    }

    /// The groups in their order, the whole match first.
    pub fn iter(&self) -> impl Iterator<Item = Option<Match<'t>>> {
        self.slots.iter().map(|found| Some(Match::new(self.text, found?.range())))
    }

    /// A group by its number.
    pub fn get(&self, number: usize) -> Option<Match<'t>> {
        self.slots.get_group(number).map(|found| Match::new(self.text, found.range()))
    }

    /// A group by its name.
    pub fn name(&self, name: &str) -> Option<Match<'t>> {
        self.slots.get_group_by_name(name).map(|found| Match::new(self.text, found.range()))
    }
}

/// What a group matched; nothing where it took no part.
impl Index<usize> for Captures<'_> {
    type Output = str;

    fn index(&self, number: usize) -> &str {
        self.get(number).map_or("", |found| found.text)
    }
}

/// What a group matched; nothing where it took no part.
impl Index<&str> for Captures<'_> {
    type Output = str;

    fn index(&self, name: &str) -> &str {
        self.name(name).map_or("", |found| found.text)
    }
}

impl<'t> Match<'t> {
    /// Widened to whole letters.
    fn new(text: &'t str, Range { start, end }: Range<usize>) -> Self {
        let (mut start, mut end) = (start.min(text.len()), end.min(text.len()));
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        Self { start, end, text: text.get(start..end).unwrap_or_default() }
    }

    /// Where it begins.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Where it ends.
    pub fn end(&self) -> usize {
        self.end
    }

    /// From where to where.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// What stands there.
    pub fn as_str(&self) -> &'t str {
        self.text
    }
}
