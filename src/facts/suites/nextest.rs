//! Which tests a filter of nextest leaves: `-E 'kind(test) and not binary(slow)'`.

use super::runs::values;
use crate::facts::ci::pattern::glob;
use crate::pattern::compile;

/// Filters nested deeper than this are not read.
const MAX_DEPTH: usize = 30;

/// Where tests stand: in a package, and in a program of tests of their own or among the sources.
pub(super) struct Stand<'a> {
    pub(super) package: &'a str,
    /// The program of `tests/`, where they stand in one.
    pub(super) target: Option<&'a str>,
}

/// Whether the filters of a command, any of which is enough, take none of the tests that stand there.
pub(super) fn leave_out(words: &[&str], stand: &Stand<'_>) -> bool {
    let filters = values(words, &["-E", "--filter-expr", "--filterset"]);
    !filters.is_empty() && filters.iter().all(|filter| takes_none(filter, stand))
}

/// Whether a filter takes none of the tests, for certain.
fn takes_none(filter: &str, stand: &Stand<'_>) -> bool {
    let mut reader = Reader { rest: filter.trim(), stand, depth: 0 };
    reader.either() == Some(Taken::No) && reader.rest.trim().is_empty()
}

/// Whether the tests are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Yes,
    No,
    /// Some of them may be.
    Perhaps,
}

impl Taken {
    fn of(known: Option<bool>) -> Self {
        match known {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Perhaps,
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Perhaps => Self::Perhaps,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Perhaps,
        }
    }
}

/// Reads a filter from its front; `None` says that it cannot be read.
struct Reader<'t> {
    rest: &'t str,
    stand: &'t Stand<'t>,
    depth: usize,
}

impl Reader<'_> {
    fn either(&mut self) -> Option<Taken> {
        let mut all = self.both()?;
        while self.eat(&["or", "|", "+"]) {
            all = all.not().and(self.both()?.not()).not();
        }
        Some(all)
    }

    fn both(&mut self) -> Option<Taken> {
        let mut all = self.one()?;
        loop {
            if self.eat(&["-"]) {
                all = all.and(self.one()?.not());
            } else if self.eat(&["and", "&"]) {
                all = all.and(self.one()?);
            } else {
                return Some(all);
            }
        }
    }

    fn one(&mut self) -> Option<Taken> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        if self.eat(&["not", "!"]) {
            return Some(self.one()?.not());
        }
        self.rest = self.rest.trim_start();
        let open = self.rest.find('(')?;
        let name = self.rest[..open].trim().to_owned();
        self.rest = &self.rest[open + 1..];
        if name.is_empty() {
            let inside = self.either()?;
            self.rest = self.rest.trim_start().strip_prefix(')')?;
            return Some(inside);
        }
        let close = self.rest.find(')')?;
        let argument = self.rest[..close].trim();
        self.rest = &self.rest[close + 1..];
        Some(Taken::of(self.holds(&name, argument)))
    }

    /// Takes a word or a sign off the front.
    fn eat(&mut self, any: &[&str]) -> bool {
        let rest = self.rest.trim_start();
        for one in any {
            let Some(after) = rest.strip_prefix(one) else { continue };
            let is_word = one.starts_with(|letter: char| letter.is_ascii_alphabetic());
            if !is_word || after.starts_with(|letter: char| letter.is_whitespace() || letter == '(') {
                self.rest = after;
                return true;
            }
        }
        false
    }

    /// What a predicate says of the tests, where that is known.
    fn holds(&self, name: &str, argument: &str) -> Option<bool> {
        match (name, self.stand.target) {
            ("all", _) => Some(true),
            ("none", _) => Some(false),
            ("package", _) => says(argument, self.stand.package),
            ("kind", Some(_)) => says(argument, "test"),
            ("kind", None) if says(argument, "test") == Some(true) => Some(false),
            ("binary", Some(target)) => says(argument, target),
            _ => None,
        }
    }
}

/// Whether a name is what an argument asks for: `name`, `na*e`, `=name`, `~part`, `/regex/`, `#glob`.
fn says(argument: &str, name: &str) -> Option<bool> {
    let argument = argument.trim();
    if let Some(part) = argument.strip_prefix('~') {
        return Some(name.contains(part.trim()));
    }
    if let Some(whole) = argument.strip_prefix('=') {
        return Some(name == whole.trim());
    }
    if let Some(pattern) = argument.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        return compile(pattern).ok().map(|pattern| pattern.is_match(name));
    }
    Some(glob(argument.strip_prefix('#').unwrap_or(argument), name))
}
