//! Who calls the function that a place stands in, by its name.

use super::{Code, Hit};
use crate::facts::Facts;
use crate::pattern::pattern;
use crate::source::enclosing;
use std::ops::Range;

// The first line of a function, with its name.
pattern!(
    FUNCTION,
    r"\b(?:fn|func|def|function|fun)\s+(?:\([^)]*\)\s*)?(?P<name>\w+)|\b(?:const|let|var|val)\s+(?P<held>\w+)\s*=\s*(?:async\s*)?(?:function\b|\()|^\s*(?:(?P<first>\w+)[\w<>\[\],.?@\s]*\s)?(?P<method>[a-zA-Z_]\w*)\s*\([^;=]*\{\s*$"
);

/// Words that begin a block which is no function.
#[rustfmt::skip]
const BLOCKS: &[&str] = &[
    "if", "elif", "elsif", "else", "unless", "for", "foreach", "while", "until", "loop", "switch", "case", "match", "when", "catch",
    "try", "with", "using", "lock", "return", "await", "let", "func", "function", "fn", "do", "select", "go", "defer", "impl",
    "constructor", "synchronized",
];

impl Code {
    /// Whether a file calls the function that a match stands in: its name before a bracket, where it is not declared.
    pub fn calls(&self, facts: &Facts<'_>, path: &str, hit: &Hit) -> bool {
        let Some(text) = self.file(path).and_then(|file| file.code(facts)) else { return false };
        self.functions_around(facts, hit).iter().any(|name| calls(text.product(), name).next().is_some())
    }

    /// Whether a match declares a function that nothing else in the code names, or stands in one: no caller, and no route
    /// that it is handed to.
    pub fn is_left_alone(&self, facts: &Facts<'_>, hit: &Hit) -> bool {
        let Some(text) = self.file(&hit.path).and_then(|file| file.code(facts)) else { return false };
        let text = text.product();
        let at = hit.span.start as usize;
        let own = declared_at(text, at).filter(|name| at <= name.start && name.end <= hit.span.end as usize);
        let Some(name) = own.or_else(|| declared_around(text, at)) else { return false };
        let named = self.find(facts, &format!(r"\b{}\b", &text[name.clone()]));
        let is_used = |other: &Hit| {
            let code = self.file(&other.path).and_then(|file| file.code(facts));
            let at = other.span.start as usize;
            code.is_some_and(|code| declared_at(code.product(), at).is_none_or(|name| name.start != at))
        };
        !is_handed_on(text, name.start) && !named.iter().any(is_used)
    }

    /// The names of the functions that a match stands in, the innermost first.
    fn functions_around(&self, facts: &Facts<'_>, hit: &Hit) -> Vec<String> {
        let code = self.file(&hit.path).and_then(|file| file.code(facts));
        let before = code.and_then(|code| code.product().get(..hit.span.start as usize));
        before.map(|before| functions(before).map(|(name, _)| name.to_owned()).collect()).unwrap_or_default()
    }
}

/// The functions that the end of a text stands in, the innermost first: the name of each, and its first line.
pub(super) fn functions(before: &str) -> impl Iterator<Item = (&str, &str)> {
    // A function of one line begins on it.
    let own = before.rsplit('\n').next();
    own.into_iter().chain(enclosing(before)).filter_map(|line| {
        let name = declared(line)?;
        Some((&line[name], line))
    })
}

/// Where a line declares a function: its name.
fn declared(line: &str) -> Option<Range<usize>> {
    let found = FUNCTION.captures(line)?;
    let name = found.name("name").or(found.name("held")).or(found.name("method"))?;
    let is_block = found.name("first").is_some_and(|first| BLOCKS.contains(&first.as_str()));
    (!is_block && !BLOCKS.contains(&name.as_str())).then(|| name.range())
}

/// The name of the innermost function that a place stands in.
fn declared_around(text: &str, at: usize) -> Option<Range<usize>> {
    let (_, line) = functions(text.get(..at)?).next()?;
    declared_at(text, line.as_ptr() as usize - text.as_ptr() as usize)
}

/// The name of the function that the line around a place declares.
fn declared_at(text: &str, at: usize) -> Option<Range<usize>> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?;
    declared(line).map(|name| start + name.start..start + name.end)
}

/// Whether the line above a declaration hands it to a router or a framework: `@app.post("/renew")`, `#[post("/renew")]`.
fn is_handed_on(text: &str, at: usize) -> bool {
    const ROUTES: &[&str] = &["#[get", "#[post", "#[put", "#[delete", "#[patch", "#[route", "#[handler"];
    let above = text.get(..at).and_then(|before| before.lines().rev().nth(1)).unwrap_or_default().trim_start();
    above.starts_with('@') || ROUTES.iter().any(|route| above.starts_with(route))
}

/// Where a name stands before a bracket, or is handed on, and is not declared.
pub(super) fn calls<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()).filter(move |&at| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let declares = ["fn ", "def ", "func ", "function ", "fun "].iter().any(|word| before.ends_with(word));
        // A function may be named where it is handed on: `Depends(current_user)`, `.map(decode)`.
        let is_named = after.starts_with(['(', ')', ',', '<']) || after.starts_with("::<");
        is_named && !declares && !before.ends_with(is_part)
    })
}
