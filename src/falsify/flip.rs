//! The same tree with another value where the deciding one stands.

use crate::checklist::Item;
use crate::evidence::{Observed, Sighting};
use crate::judge::{Fit, fit};
use crate::rules::Rule;
use crate::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Words that stand for on and off, each with its opposite.
const SWITCHES: [(&str, &str); 4] = [("true", "false"), ("yes", "no"), ("on", "off"), ("enabled", "disabled")];

/// What a number is made: less than any bound, and more than any.
const EXTREMES: [&str; 2] = ["0", "9000000"];

/// How long a text may go on behind its value, in bytes.
const LONGEST_END: usize = 12;

/// Trees in which the value that decided is another one; none where it was not compared, or where it is not plain which
/// part of the text it is.
pub(super) fn trees(tree: &Tree, rule: &Rule, item: &Item, seen: &Sighting) -> Vec<Tree> {
    if fit(rule, &item.expects, seen) != Fit::Yes {
        return Vec::new();
    }
    let Some((span, source)) = seen.place.span.zip(tree.text(&seen.place.path)) else { return Vec::new() };
    let Some(text) = source.text().get(span.range()) else { return Vec::new() };
    let (word, replacements) = match &seen.value {
        Some(Observed::Flag(_)) => switch(text),
        Some(Observed::Quantity(quantity)) => number(text, &quantity.to_string()),
        _ => None,
    }
    .unwrap_or_default();
    let start = span.range().start;
    let replaced = replacements.iter().map(|other| {
        let mut text = source.text().to_owned();
        text.replace_range(start + word.start..start + word.end, other);
        tree.altered(&BTreeMap::from([(seen.place.path.clone(), text.into_bytes())]), BTreeSet::new())
    });
    replaced.collect()
}

/// Where the only switch of a text stands, and its opposite.
fn switch(text: &str) -> Option<(Range<usize>, Vec<&'static str>)> {
    let word = only(words(text).filter(|word| opposite(&text[word.clone()]).is_some()))?;
    let other = opposite(&text[word.clone()])?;
    Some((word, vec![other]))
}

fn opposite(word: &str) -> Option<&'static str> {
    SWITCHES.iter().find_map(|&(on, off)| {
        if word.eq_ignore_ascii_case(on) { Some(off) } else { word.eq_ignore_ascii_case(off).then_some(on) }
    })
}

/// Where the only number of a text stands, if it is the one that was read, and what to make of it.
fn number(text: &str, read: &str) -> Option<(Range<usize>, Vec<&'static str>)> {
    let is_number = |word: &Range<usize>| text[word.clone()].starts_with(|c: char| c.is_ascii_digit());
    let word = only(words(text).filter(is_number))?;
    let digits = text[word.clone()].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let number = text.get(word.start..word.start + digits)?;
    // Behind the value stand its unit and what closes the text; anything longer is a text that holds a number.
    let is_value = text.len() - word.end <= LONGEST_END;
    let is_it = is_value && read.split(' ').next() == Some(number);
    is_it.then(|| (word.start..word.start + digits, EXTREMES.to_vec()))
}

fn only<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// The words of a text: letters, digits, and points between them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let parts = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '_');
    let placed = parts.scan(0, |at, part| {
        let start = *at;
        *at += part.len();
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        Some(start..start + word.len())
    });
    placed.filter(|word| !word.is_empty())
}
