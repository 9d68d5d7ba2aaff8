//! Literals without which a pattern cannot match: what makes a search over a whole tree cheap.

use crate::pattern::ascii;
use regex_syntax::hir::{Class, Hir, HirKind};

/// More alternatives than this are searched by the pattern itself.
const MOST: usize = 64;

/// Words (lower case) of which every match of a pattern contains at least one; `None` when there is no such set.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let hir = regex_syntax::ParserBuilder::new().multi_line(true).build().parse(&ascii(pattern)).ok()?;
    let mut words = of(&hir)?;
    words.sort();
    words.dedup();
    words.iter().all(|word| word.len() >= 2).then_some(words)
}

fn of(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => fixed(hir).map(|word| vec![word]),
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of(&repetition.sub),
        HirKind::Alternation(branches) => {
            let mut words = Vec::new();
            for branch in branches {
                words.extend(of(branch)?);
            }
            (words.len() <= MOST).then_some(words)
        }
        HirKind::Concat(parts) => best_of(parts),
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

/// The best set that any part, or any run of fixed parts, gives.
fn best_of(parts: &[Hir]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let mut run = String::new();
    let mut offer = |words: Vec<String>| {
        if best.as_ref().is_none_or(|held| worth(&words) > worth(held)) {
            best = Some(words);
        }
    };
    for part in parts {
        if let Some(word) = fixed(part) {
            run.push_str(&word);
            continue;
        }
        if !run.is_empty() {
            offer(vec![std::mem::take(&mut run)]);
        }
        if let Some(words) = of(part) {
            offer(words);
        }
    }
    if !run.is_empty() {
        offer(vec![run]);
    }
    best
}

/// Long words first, then few of them.
fn worth(words: &[String]) -> (usize, std::cmp::Reverse<usize>) {
    let shortest = words.iter().map(String::len).min().unwrap_or(0);
    (shortest.min(8), std::cmp::Reverse(words.len()))
}

/// The text that a part always matches, in lower case: a literal, or a letter in either case.
fn fixed(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(str::to_ascii_lowercase),
        HirKind::Capture(capture) => fixed(&capture.sub),
        HirKind::Class(Class::Unicode(class)) => {
            // `(?i)k` is also the Kelvin sign: no source spells a keyword with it.
            let mut letters = class.iter().take(4).filter(|range| range.start().is_ascii());
            let first = letters.next().filter(|range| range.start() == range.end())?.start().to_ascii_lowercase();
            let same = letters.all(|range| range.start() == range.end() && range.start().to_ascii_lowercase() == first);
            (same && class.iter().count() <= 3).then(|| first.to_string())
        }
        HirKind::Concat(parts) => parts.iter().map(fixed).collect(),
        _ => None,
    }
}
