//! Functions of the tests: which of them a test reaches, and which make requests.

use super::outline::{Named, Outline};
use super::tables;
use crate::facts::code::Language;
use crate::pattern::Regex;
use crate::pattern::compile;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// How many functions of the tests may stand around the one that makes the request.
const WRAPPERS: usize = 2;

/// The most attributes above a function that are looked at.
const MOST_ATTRIBUTES: usize = 20;

/// A file of tests: its shape and its functions.
pub(super) struct TestFile {
    pub(super) path: Arc<str>,
    pub(super) language: Language,
    pub(super) outline: Outline,
    pub(super) functions: Vec<Named>,
}

/// Which functions of the tests are reached from a test, and which make requests.
pub(super) struct Calls {
    pub(super) reached: BTreeSet<(usize, usize)>,
    /// Names of functions in whose body a client's verb is called.
    pub(super) requesting: BTreeSet<String>,
    /// Languages in whose tests the rows of a table are sent, each by its own method.
    pub(super) sends_rows: BTreeSet<Language>,
}

impl Calls {
    pub(super) fn of(files: &[TestFile]) -> Self {
        static VERB: LazyLock<Option<Regex>> = LazyLock::new(|| {
            compile(
                r"(?:\.\s*|\b(?:reqwest|ureq|surf|isahc|attohttpc|minreq)::(?:blocking::)?)(?:get|post|put|delete|patch|head|request|send|oneshot|execute|send_request|call)\s*(?:::<[^>;{}]*>)?\(",
            )
            .ok()
        });
        let mut by_name: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        let mut requesting = BTreeSet::new();
        // Functions of the tests that make no request themselves, with what they call.
        let mut asking: Vec<(String, BTreeSet<&str>)> = Vec::new();
        let mut waiting = Vec::new();
        for (file, one) in files.iter().enumerate() {
            for (index, function) in one.functions.iter().enumerate().filter(|(_, function)| !function.is_local) {
                by_name.entry(&function.name).or_default().push((file, index));
                let body = &one.outline.bare[function.span.range()];
                let called: BTreeSet<&str> = called(body).collect();
                if VERB.as_ref().is_some_and(|verb| verb.is_match(body)) {
                    requesting.insert(function.name.clone());
                } else {
                    asking.push((function.name.clone(), called));
                }
                if is_test(&one.outline, function) {
                    waiting.push((file, index));
                }
            }
        }
        for _ in 0..WRAPPERS {
            let more = asking.iter().filter(|(_, called)| called.iter().any(|name| requesting.contains(*name)));
            let more: Vec<String> = more.map(|(name, _)| name.clone()).collect();
            requesting.extend(more);
        }
        let mut reached = BTreeSet::new();
        while let Some((file, index)) = waiting.pop() {
            if !reached.insert((file, index)) {
                continue;
            }
            let body = &files[file].outline.bare[files[file].functions[index].span.range()];
            for name in called(body) {
                if let Some(all) = by_name.get(name) {
                    waiting.extend(all.iter().filter(|one| !reached.contains(one)));
                }
            }
        }
        let sending = files.iter().filter(|file| tables::sends_rows(&file.outline));
        Self { reached, requesting, sends_rows: sending.map(|file| file.language).collect() }
    }
}

/// The names that are called in some code: `name(`, `name::<Type>(`.
fn called(body: &str) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'(', body.as_bytes()).filter_map(|open| {
        let before = body.get(..open)?;
        let typed = before.strip_suffix('>').and_then(|inside| {
            let (name, types) = inside.rsplit_once("::<")?;
            (!types.contains(['>', ';', '{', '}'])).then_some(name)
        });
        let name = typed.unwrap_or(before).trim_end();
        let start = name.rfind(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        let start = start.map_or(0, |at| at + name[at..].chars().next().map_or(1, char::len_utf8));
        name.get(start..).filter(|name| !name.is_empty())
    })
}

/// Whether an attribute above a function makes it a test that runs; a macro of the tree may make one, by its name.
fn is_test(outline: &Outline, function: &Named) -> bool {
    static TEST: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"^\s*(?:\w+::)*(?:(?:\w+_)?test(?:_\w+)?|rstest)\b").ok());
    let own = attributes(outline, function.start);
    let is_ignored = own.iter().any(|text| text.trim_start().starts_with("ignore") || text.contains(", ignore"));
    TEST.as_ref().is_some_and(|test| own.iter().any(|text| test.is_match(text))) && !is_ignored
}

/// What stands between the brackets of the attributes above a function, the nearest first: `#[test] pub async fn`.
fn attributes(outline: &Outline, start: usize) -> Vec<&str> {
    let is_of_head = |letter: char| letter.is_alphanumeric() || letter.is_whitespace() || "_()\":".contains(letter);
    let mut head = &outline.bare[..start];
    let mut found = Vec::new();
    while found.len() < MOST_ATTRIBUTES {
        let end = head.trim_end_matches(is_of_head).len();
        let Some(close) = end.checked_sub(1).filter(|&at| outline.bare.as_bytes()[at] == b']') else { break };
        let Some(open) = outline.partner(close).filter(|&at| outline.bare[..at].ends_with('#')) else { break };
        found.push(&outline.bare[open + 1..close]);
        head = &outline.bare[..open - 1];
    }
    found
}
