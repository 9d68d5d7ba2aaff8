//! Functions and bindings of Rust code: what a name stands for when a router is mounted by name.

use super::outline::{Named, Outline};
use crate::pattern::Regex;
use crate::pattern::compile;
use crate::source::Span;
use std::sync::LazyLock;

/// Functions and `let` bindings of a file, in the order of their text.
pub(super) fn named(outline: &Outline) -> Vec<Named> {
    static DECLARED: LazyLock<Option<Regex>> =
        LazyLock::new(|| compile(r"\bfn\s+(?<fn>\w+)|\blet\s+(?:mut\s+)?(?<let>\w+)\s*(?::[^=;{]*)?=[^=>]").ok());
    let Some(declared) = DECLARED.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for captures in declared.captures_iter(&outline.bare) {
        let Some(whole) = captures.get(0) else { continue };
        if let Some(name) = captures.name("fn") {
            if let Some(span) = body(outline, whole.end()) {
                found.push(Named { name: name.as_str().to_owned(), span, is_local: false, start: whole.start() });
            }
        } else if let Some(name) = captures.name("let") {
            let end = outline.statement(whole.end() - 1).end;
            let span = Span::new(whole.end() - 1, end as usize);
            found.push(Named { name: name.as_str().to_owned(), span, is_local: true, start: whole.start() });
        }
    }
    found
}

/// The body of the function whose name ends at `at`.
fn body(outline: &Outline, at: usize) -> Option<Span> {
    let bytes = outline.bare.as_bytes();
    let mut index = at;
    while let Some(&byte) = bytes.get(index) {
        match byte {
            b';' => return None,
            b'{' => return outline.inside(index),
            b'(' | b'[' => index = outline.partner(index)?,
            _ => {}
        }
        index += 1;
    }
    None
}
