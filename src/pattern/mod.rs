//! Regular expressions and globs: the one place that compiles them.
//!
//! `\w`, `\d`, `\s` and `\b` mean ASCII here, as in the languages and formats that are searched. Unicode's tables of
//! letters cost more to compile than a small tree takes to judge, and Unicode's word boundaries throw the fast engine
//! out at the first dash of a README.

mod globs;
mod lazy;
mod literals;
mod regex;
mod set;
mod words;

pub use globs::{Globs, Paths};
pub use lazy::{AnyOf, Lazy};
pub use regex::{Captures, Match, Regex};
pub use regex_syntax::escape;
pub use set::PatternSet;
pub use words::{Word, Words};

use regex_automata::meta::BuildError;

/// The compiled form of a pattern may take this much.
const SIZE_LIMIT: usize = 1 << 22;

/// What follows `[` where any letter will do: written so, it is a class that `(?i)` folds letter by letter.
const ANY: &str = r"\s\S]";

/// A constant that is compiled where it is first used.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<$crate::pattern::Regex> =
            std::sync::LazyLock::new(|| $crate::pattern::Regex::constant($pattern));
    };
}
pub(crate) use pattern;

/// Compiles a pattern; `^` and `$` are those of the text.
pub fn compile(pattern: &str) -> Result<Regex, Box<BuildError>> {
    Regex::new(pattern, false)
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
