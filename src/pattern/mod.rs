//! Regular expressions and globs: the one place that compiles them.
//!
//! `\w`, `\d` and `\b` mean ASCII here, as in the languages and formats that are searched. Unicode's tables of letters
//! cost more to compile than a small tree takes to judge, and Unicode's word boundaries throw the fast engine out at
//! the first dash of a README. `\s` stays Unicode's: people write "4 h" with a no-break space.

mod globs;
mod lazy;
mod literals;
mod scan;
mod set;
mod words;

pub use globs::{Globs, Paths};
pub use lazy::AnyOf;
pub use scan::{Found, Groups, Scan};
pub use set::{Pattern, PatternSet};
pub use words::{Word, Words};

use regex::{Error, Regex, RegexBuilder};

/// The compiled form of a pattern may take this much.
const SIZE_LIMIT: usize = 1 << 22;

/// What follows `[` where any letter will do: written so, it is a class that `(?i)` folds letter by letter.
const ANY: &str = r"\s\S]";

/// A constant that is compiled where it is first used: `pattern!(NAME, r"…")` is a [`Regex`], `NAME: Scan` a [`Scan`].
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| $crate::pattern::compile($pattern).expect("a constant pattern"));
    };
    ($name:ident: Scan, $pattern:expr) => {
        static $name: std::sync::LazyLock<$crate::pattern::Scan> =
            std::sync::LazyLock::new(|| $crate::pattern::Scan::constant($pattern));
    };
}
pub(crate) use pattern;

/// Compiles a pattern.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn compile(pattern: &str) -> Result<Regex, Error> {
    RegexBuilder::new(&ascii(pattern)).size_limit(SIZE_LIMIT).build()
}

/// The pattern with its classes spelt out in ASCII.
fn ascii(pattern: &str) -> String {
    let mut spelt = String::with_capacity(pattern.len() + 64);
    let mut depth = 0_usize;
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '[' if letters.as_str().starts_with(ANY) => {
                spelt.push_str("(?s:.)");
                letters.by_ref().take(ANY.len()).for_each(drop);
                continue;
            }
            '[' => {
                depth += 1;
                // A bracket that stands first is a letter of the class.
                let first = letters.as_str();
                let skipped = if first.starts_with("^]") { 2 } else { usize::from(first.starts_with(']')) };
                spelt.push(letter);
                spelt.extend(letters.by_ref().take(skipped));
                continue;
            }
            ']' => depth = depth.saturating_sub(1),
            '\\' => {
                match (letters.next(), depth) {
                    (Some('w'), 0) => spelt.push_str("[0-9A-Za-z_]"),
                    (Some('w'), _) => spelt.push_str("0-9A-Za-z_"),
                    (Some('W'), _) => spelt.push_str("[^0-9A-Za-z_]"),
                    (Some('d'), 0) => spelt.push_str("[0-9]"),
                    (Some('d'), _) => spelt.push_str("0-9"),
                    (Some('D'), _) => spelt.push_str("[^0-9]"),
                    (Some('b'), 0) if !letters.as_str().starts_with('{') => spelt.push_str(r"(?-u:\b)"),
                    (Some(other), _) => spelt.extend(['\\', other]),
                    (None, _) => spelt.push('\\'),
                }
                continue;
            }
            _ => {}
        }
        spelt.push(letter);
    }
    spelt
}
