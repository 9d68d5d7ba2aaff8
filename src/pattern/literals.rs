//! Literals without which a pattern cannot match: what makes a search over a whole tree cheap.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Words (lower case) of which every match of a pattern contains at least one.
pub(super) type Need = Vec<String>;

/// A need of more words than this is left to the pattern itself.
const MOST_WORDS: usize = 64;
/// Shorter words stand in every file; they count only where a pattern has nothing better.
const LONG: usize = 4;
/// More needs than this of one pattern tell no more.
const MOST_NEEDS: usize = 4;

/// What every match of a pattern needs, the most telling first; empty when it needs nothing that could be looked for.
pub(super) fn needed(pattern: &str) -> Vec<Need> {
    let parser = regex_syntax::ParserBuilder::new().multi_line(true).unicode(false).utf8(false).build().parse(pattern);
    let Ok(hir) = parser else { return Vec::new() };
    let mut needs = Vec::new();
    of(&hir, &mut needs);
    for need in &mut needs {
        need.sort();
        need.dedup();
    }
    needs.retain(|need| shortest(need) >= 2);
    needs.sort_by_key(|need| std::cmp::Reverse(worth(need)));
    let long = needs.iter().take_while(|need| shortest(need) >= LONG).count();
    needs.truncate(long.clamp(1, MOST_NEEDS));
    needs
}

/// Adds what a part needs.
fn of(hir: &Hir, needs: &mut Vec<Need>) {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => needs.extend(fixed(hir).map(|word| vec![word])),
        HirKind::Capture(capture) => of(&capture.sub, needs),
        HirKind::Repetition(repetition) if repetition.min >= 1 => of(&repetition.sub, needs),
        HirKind::Alternation(branches) => needs.extend(any_of(branches)),
        HirKind::Concat(parts) => {
            let mut run = String::new();
            for part in parts {
                if let Some(word) = fixed(part) {
                    run.push_str(&word);
                    continue;
                }
                needs.extend((!run.is_empty()).then(|| vec![std::mem::take(&mut run)]));
                of(part, needs);
            }
            needs.extend((!run.is_empty()).then(|| vec![run]));
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => {}
    }
}

/// One need of each branch, together.
fn any_of(branches: &[Hir]) -> Option<Need> {
    let mut words = Vec::new();
    for branch in branches {
        let mut needs = Vec::new();
        of(branch, &mut needs);
        words.extend(needs.into_iter().max_by_key(worth)?);
    }
    (words.len() <= MOST_WORDS).then_some(words)
}

fn shortest(need: &Need) -> usize {
    need.iter().map(String::len).min().unwrap_or(0)
}

/// Long words first, then few of them.
fn worth(need: &Need) -> (usize, std::cmp::Reverse<usize>) {
    (shortest(need).min(8), std::cmp::Reverse(need.len()))
}

/// The text that a part always matches, in lower case: a literal, or a letter in either case.
fn fixed(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(str::to_ascii_lowercase),
        HirKind::Capture(capture) => fixed(&capture.sub),
        HirKind::Class(Class::Bytes(class)) => {
            let mut letters = class.iter().take(3);
            let first =
                letters.next().filter(|range| range.start() == range.end() && range.start().is_ascii())?.start();
            let same = |letter: u8| letter.eq_ignore_ascii_case(&first);
            let all = letters.all(|range| range.start() == range.end() && same(range.start()));
            all.then(|| char::from(first.to_ascii_lowercase()).to_string())
        }
        HirKind::Concat(parts) => parts.iter().map(fixed).collect(),
        _ => None,
    }
}
